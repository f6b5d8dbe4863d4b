package routes_test

import (
	"fmt"

	"github.com/go-ctdb/go-ctdb/publicaddr"
	"github.com/go-ctdb/go-ctdb/publicaddr/routes"
)

func ExampleParse() {
	file, err := routes.Parse("policy_routing", []byte("# web\n192.168.1.99 192.168.1.0/24\n192.168.1.99 0.0.0.0/0 192.168.1.1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for route := range file.All() {
		fmt.Printf("from %v to %s through %q\n", route.Address, route.Destination, route.Gateway)
	}
	// Output:
	// from 192.168.1.99 to 192.168.1.0/24 through ""
	// from 192.168.1.99 to 0.0.0.0/0 through "192.168.1.1"
}

func ExampleParseStatic() {
	file, err := routes.ParseStatic("static-routes", []byte("bond1 10.3.3.0/24 10.0.0.1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	err = file.Add(routes.StaticRoute{Interface: "bond1", Destination: "10.4.4.0/24", Gateway: "10.0.0.1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s", file.Bytes())
	// Output:
	// bond1 10.3.3.0/24 10.0.0.1
	// bond1 10.4.4.0/24 10.0.0.1
}

func ExampleConfig_Validate() {
	config := routes.Config{Conf: routes.AutoLinkLocal, RulePref: "100", TableIDLow: "1", TableIDHigh: "1000"}
	for _, found := range config.Validate(nil) {
		fmt.Println(found)
	}
	// Output:
	// script.options: error: the range from CTDB_PER_IP_ROUTING_TABLE_ID_LOW to CTDB_PER_IP_ROUTING_TABLE_ID_HIGH has one of the kernel's own tables, 253 to 255 (routes/table-ids)
}

func ExampleAutoRoutes() {
	public, err := publicaddr.Parse("public_addresses", []byte("10.1.1.17/24 eth1\nfd00::17/64 eth1\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, route := range routes.AutoRoutes(public) {
		fmt.Println(route)
	}
	// Output: 10.1.1.17 10.1.1.0/24
}
