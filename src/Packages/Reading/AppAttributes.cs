using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>The attributes that every dialect has in the same shape: services, rules, latency, policies.</summary>
internal static class AppAttributes
{
    internal static AppDescriptor Read(Attributes a, AppDescriptor identity) => identity with
    {
        MecVersion = ReadVersions(a),
        AppServiceRequired = [.. a.Objects("service dependency", "appServiceRequired").Select(ServiceReader.ReadDependency)],
        AppServiceOptional = [.. a.Objects("service dependency", "appServiceOptional").Select(ServiceReader.ReadDependency)],
        AppServiceProduced = [.. a.Objects("service descriptor", "appServiceProduced").Select(ServiceReader.ReadProduced)],
        AppFeatureRequired = [.. a.Objects("feature dependency", "appFeatureRequired").Select(ServiceReader.ReadFeature)],
        AppFeatureOptional = [.. a.Objects("feature dependency", "appFeatureOptional").Select(ServiceReader.ReadFeature)],
        TransportDependencies = [.. a.Objects("transport dependency", "transportDependencies").Select(ServiceReader.ReadTransportDependency)],
        AppTrafficRule = [.. a.Objects("traffic rule", "appTrafficRule").Select(RuleReader.ReadTraffic)],
        AppDNSRule = [.. a.Objects("DNS rule", "appDNSRule").Select(RuleReader.ReadDns)],
        AppLatency = SettingsReader.ReadLatency(a),
        UserContextTransferCapability = SettingsReader.ReadContextTransfer(a),
        AppNetworkPolicy = SettingsReader.ReadNetworkPolicy(a),
        AppSupportMp1 = a.Flag("appSupportMp1") ?? false,
    };

    /// <summary>A comma-separated text in v3, an array in 2.1.1, a list in MEC 037.</summary>
    private static IReadOnlyList<string> ReadVersions(Attributes a)
    {
        if (!a.Has("mecVersion"))
        {
            a.Context.Demand("missing-attribute", a.At, $"The {a.What} has no mecVersion, which is mandatory: the versions of MEC it runs on, for example 3.2.1.");
        }

        return [.. a.Texts("mecVersion").SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
    }
}
