using Mano.Meo.Lifecycle;
using Mano.Mesh.Failures;
using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Tests.World;

/// <summary>A catalogue in memory: what a test put in.</summary>
internal sealed class SamplePackages : IPackageCatalogue
{
    public const string HelloId = "pkg-hello";

    private readonly Dictionary<string, OnboardedPackage> packages = new()
    {
        [HelloId] = Package(HelloId, Hello()),
    };

    public OnboardedPackage this[string id] => packages[id];

    /// <summary>An executable of one vCPU, with a port, a DNS rule and a traffic rule.</summary>
    public static AppDescriptor Hello(int vcpus = 1) => new()
    {
        AppDId = "appd-hello",
        AppName = "hello",
        AppProvider = "acme",
        AppSoftVersion = "1.0",
        AppDVersion = "1.0",
        AppSupportMp1 = true,
        VirtualComputeDescriptor = new()
        {
            VirtualComputeDescId = "c", VirtualCpu = new() { NumVirtualCpu = vcpus }, VirtualMemory = new() { VirtualMemSize = 256 },
        },
        SwImageDescriptor =
        [
            new() { Id = "img", Name = "hello", Version = "1", ContainerFormat = "BARE", SwImage = "hello", SupportedVirtualisationEnvironment = ["mano-process"] },
        ],
        AppExtCpd =
        [
            new() { CpdId = "cp", AdditionalServiceData = [new([new("http", PortProtocol.Tcp, 8080, false)], null)] },
        ],
        AppTrafficRule =
        [
            new()
            {
                TrafficRuleId = "to-hello",
                FilterType = FilterType.Flow,
                Priority = 10,
                TrafficFilter = [new() { DstAddress = ["198.51.100.7"], Protocol = ["TCP"] }],
                Action = TrafficAction.ForwardDecapsulated,
            },
        ],
        AppDNSRule = [new() { DnsRuleId = "name", DomainName = "hello.mec", IpAddressType = IpAddressType.IpV4, IpAddress = "0.0.0.0", Ttl = 30 }],
        AppLatency = new() { MaxLatency = 20_000_000 },
        BootData = new(new Dictionary<string, string> { ["GREETING"] = "hi" }, null),
    };

    public static OnboardedPackage Package(string id, AppDescriptor descriptor, bool enabled = true) => new()
    {
        AppPkgId = id,
        Descriptor = descriptor,
        Artifacts = [new("Artifacts/hello", new string('a', 64), 1000, "application/x-executable", "img")],
        Enabled = enabled,
        RecordKey = "package/default/" + id,
        RecordVersion = 0,
    };

    public void Put(string id, AppDescriptor descriptor, bool enabled = true) => packages[id] = Package(id, descriptor, enabled);

    public ValueTask<Outcome<OnboardedPackage>> GetOnboarded(string tenant, string appPkgId, CancellationToken cancel = default) =>
        new(packages.TryGetValue(appPkgId, out var found) ? found : NotFound(appPkgId));

    public ValueTask<Outcome<OnboardedPackage>> GetOnboardedByDescriptor(string tenant, string appDId, CancellationToken cancel = default) =>
        new(packages.Values.FirstOrDefault(p => p.Descriptor.AppDId == appDId) is { } found ? found : NotFound(appDId));

    private static Failure NotFound(string id) => Failure.NotFound("PACKAGE_NOT_FOUND", $"There is no package '{id}'.", "app-package/" + id);
}
