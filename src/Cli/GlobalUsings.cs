// Two of the wire's names are namespaces too (Mano.Site, Mano.Platform), and others are said by several services:
// inside this project a record of the wire is called by what it is to a person.
global using AppInstanceInfo = Mano.Lifecycle.V1.AppInstance;
global using AppPackageInfo = Mano.Onboarding.V1.AppPackage;
global using ConditionInfo = Mano.Common.V1.Condition;
global using HostInfo = Mano.Inventory.V1.MecHost;
global using OperationInfo = Mano.Lifecycle.V1.Operation;
global using SiteInfo = Mano.Inventory.V1.Site;
