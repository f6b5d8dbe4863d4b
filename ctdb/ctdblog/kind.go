package ctdblog

// Kind gives KindNodeFlags.
func (NodeFlags) Kind() Kind { return KindNodeFlags }

// Kind gives KindNodeConnected.
func (NodeConnected) Kind() Kind { return KindNodeConnected }

// Kind gives KindNodeUnresponsive.
func (NodeUnresponsive) Kind() Kind { return KindNodeUnresponsive }

// Kind gives KindNodeDead.
func (NodeDead) Kind() Kind { return KindNodeDead }

// Kind gives KindTakeoverStarted.
func (TakeoverStarted) Kind() Kind { return KindTakeoverStarted }

// Kind gives KindTakeoverFinished.
func (TakeoverFinished) Kind() Kind { return KindTakeoverFinished }

// Kind gives KindTakeoverFailed.
func (TakeoverFailed) Kind() Kind { return KindTakeoverFailed }

// Kind gives KindAddressTaken.
func (AddressTaken) Kind() Kind { return KindAddressTaken }

// Kind gives KindAddressReleased.
func (AddressReleased) Kind() Kind { return KindAddressReleased }

// Kind gives KindAddressesDropped.
func (AddressesDropped) Kind() Kind { return KindAddressesDropped }

// Kind gives KindAddressFailed.
func (AddressFailed) Kind() Kind { return KindAddressFailed }

// Kind gives KindAddressUnhosted.
func (AddressUnhosted) Kind() Kind { return KindAddressUnhosted }

// Kind gives KindRecoveryInitiated.
func (RecoveryInitiated) Kind() Kind { return KindRecoveryInitiated }

// Kind gives KindRecoveryStarted.
func (RecoveryStarted) Kind() Kind { return KindRecoveryStarted }

// Kind gives KindRecoveryFinished.
func (RecoveryFinished) Kind() Kind { return KindRecoveryFinished }

// Kind gives KindRecoveryFailed.
func (RecoveryFailed) Kind() Kind { return KindRecoveryFailed }

// Kind gives KindElectionStarted.
func (ElectionStarted) Kind() Kind { return KindElectionStarted }

// Kind gives KindElectionEnded.
func (ElectionEnded) Kind() Kind { return KindElectionEnded }

// Kind gives KindLeaderElected.
func (LeaderElected) Kind() Kind { return KindLeaderElected }

// Kind gives KindLeaderLost.
func (LeaderLost) Kind() Kind { return KindLeaderLost }

// Kind gives KindBanOrdered.
func (BanOrdered) Kind() Kind { return KindBanOrdered }

// Kind gives KindBanned.
func (Banned) Kind() Kind { return KindBanned }

// Kind gives KindBanEnded.
func (BanEnded) Kind() Kind { return KindBanEnded }

// Kind gives KindLockTaken.
func (LockTaken) Kind() Kind { return KindLockTaken }

// Kind gives KindLockReleased.
func (LockReleased) Kind() Kind { return KindLockReleased }

// Kind gives KindLockContended.
func (LockContended) Kind() Kind { return KindLockContended }

// Kind gives KindLockFailed.
func (LockFailed) Kind() Kind { return KindLockFailed }

// Kind gives KindLockLost.
func (LockLost) Kind() Kind { return KindLockLost }

// Kind gives KindUnhealthy.
func (Unhealthy) Kind() Kind { return KindUnhealthy }

// Kind gives KindHealthy.
func (Healthy) Kind() Kind { return KindHealthy }

// Kind gives KindScriptReport.
func (ScriptReport) Kind() Kind { return KindScriptReport }

// Kind gives KindEventFailed.
func (EventFailed) Kind() Kind { return KindEventFailed }

// Kind gives KindStarted.
func (Started) Kind() Kind { return KindStarted }

// Kind gives KindRunState.
func (RunState) Kind() Kind { return KindRunState }

// Kind gives KindShutdownStarted.
func (ShutdownStarted) Kind() Kind { return KindShutdownStarted }

// Kind gives KindShutdownFinished.
func (ShutdownFinished) Kind() Kind { return KindShutdownFinished }

// Kind gives KindDied.
func (Died) Kind() Kind { return KindDied }
