package eventscript

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/go-ctdb/go-ctdb/ctdb/release"
)

// Service is a set of scripts that are enabled and disabled together.
type Service struct {
	// Name is what the service is called, such as "samba".
	Name string `json:"name"`
	// Scripts are the names of its scripts, without ".script". The first one is what the service is about: the service is
	// enabled if that one is. The others go with it.
	Scripts []string `json:"scripts"`
}

// mains are the scripts that services of several are about.
var mains = map[string]string{"samba": "50.samba", "nfs": "60.nfs"}

// Services gives the services of a release, by name, each with all scripts that belong to it in that release. They are
// the caller's. The zero release is the newest. Scripts that CTDB itself needs, such as 10.interface, are in none.
//
//   - samba is 50.samba, with 48.netbios since 4.13 and 47.samba-dcerpcd since 4.20. Sites without NetBIOS, and those
//     where smbd starts samba-dcerpcd itself, as it does unless it is configured otherwise, want another set: see
//     Services in [Files] and [Tool]. A service that is not there makes the node unhealthy.
//   - winbind is 49.winbind.
//   - nfs is 60.nfs, with 06.nfs from 4.5 to 4.20.
//   - All others are one script each, and have the name that it has behind its number: "httpd", "natgw", "lvs".
//
// Before 4.9 an enabled script does nothing by itself: CTDB_MANAGES_SAMBA and the like in its configuration decide.
func Services(r release.Release) []Service {
	return services(func(p Packaged) bool { return p.In(r) })
}

// services makes the services of the scripts that are wanted.
func services(want func(Packaged) bool) []Service {
	sets := map[string]*Service{}
	var all []*Service
	for _, p := range catalogue {
		if p.Service == "" || !want(p) {
			continue
		}
		s := sets[p.Service]
		if s == nil {
			s = &Service{Name: p.Service}
			sets[p.Service] = s
			all = append(all, s)
		}
		if p.Name == mains[p.Service] {
			s.Scripts = slices.Insert(s.Scripts, 0, p.Name)
		} else {
			s.Scripts = append(s.Scripts, p.Name)
		}
	}
	slices.SortFunc(all, func(a, b *Service) int { return cmp.Compare(a.Name, b.Name) })
	list := make([]Service, len(all))
	for i, s := range all {
		list[i] = *s
	}
	return list
}

// known gives the services that there are for a caller: its own, and those of the release. Of a release that is not
// known these have the scripts of all releases; those that are not installed are left out later.
func known(own []Service, r release.Release) ([]Service, error) {
	all := services(func(p Packaged) bool { return r.IsZero() || p.In(r) })
	for _, s := range own {
		checked, err := s.check(r)
		if err != nil {
			return nil, err
		}
		all = slices.DeleteFunc(all, func(other Service) bool { return other.Name == s.Name })
		all = append(all, checked)
	}
	return all, nil
}

// check gives a copy of a caller's service whose scripts have their plain names.
func (s Service) check(r release.Release) (Service, error) {
	if len(s.Scripts) == 0 {
		return s, fmt.Errorf("service %q: %w: it has no scripts", clip(s.Name), ErrName)
	}
	checked := Service{Name: s.Name, Scripts: make([]string, 0, len(s.Scripts))}
	for _, name := range s.Scripts {
		script, err := rulesOf(r).check(name)
		if err != nil {
			return s, fmt.Errorf("service %q: %w", clip(s.Name), err)
		}
		if !slices.Contains(checked.Scripts, script) {
			checked.Scripts = append(checked.Scripts, script)
		}
	}
	return checked, nil
}

// find gives the service of a name.
func find(all []Service, name string) (Service, error) {
	i := slices.IndexFunc(all, func(s Service) bool { return s.Name == name })
	if i >= 0 {
		return all[i], nil
	}
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name
	}
	slices.Sort(names)
	return Service{}, fmt.Errorf("%w as %q: want one of %s", ErrNoSuchService, clip(name), strings.Join(names, ", "))
}
