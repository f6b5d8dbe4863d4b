package config

// For the tests in package config_test.
var (
	AllOptions   = allOptions
	ParseBool    = parseBool
	ParseInteger = parseInteger
	Dirname      = dirname
	DefaultText  = defaultText
)

// SetOption reads a text into the settings.
func SetOption(s *Settings, o Option, text string) error { return s.set(o, text) }

// OptionText writes what is in the settings.
func OptionText(s Settings, o Option) (string, error) { return s.text(o) }
