using Mano.Packages.AppD;
using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>Latency, times of operations, context transfer, network policy, boot data.</summary>
internal static class SettingsReader
{
    internal static LatencyDescriptor? ReadLatency(Attributes app)
    {
        if (app.Object("latency", "appLatency") is not { } a)
        {
            return null;
        }

        var latency = new LatencyDescriptor
        {
            MaxLatency = Quantity.Nanoseconds(a, "maxLatency") ?? (a.Has("maxLatency") ? 0 : a.Missing(["maxLatency"], 0)),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(latency, a);
    }

    internal static TerminateAppInstanceOpConfig ReadTerminate(Attributes a)
    {
        var config = new TerminateAppInstanceOpConfig(
            Quantity.WholeSeconds(a, "minGracefulTerminationTimeout", "minGracefulTimeout")
                ?? (a.Has("minGracefulTerminationTimeout", "minGracefulTimeout") ? 0 : a.Missing(["minGracefulTerminationTimeout"], 0)),
            Quantity.WholeSeconds(a, "maxRecommendedGracefulTerminationTimeout", "maxRecommendedGracefulTimeout"),
            ComputeReader.Joined(a.Pairs("parameter")));
        a.ReportUnknown();
        return a.Context.Sources.Remember(config, a);
    }

    internal static ChangeAppInstanceStateOpConfig ReadChangeState(Attributes a)
    {
        var config = new ChangeAppInstanceStateOpConfig(
            Quantity.WholeSeconds(a, "minGracefulStopTimeout") ?? (a.Has("minGracefulStopTimeout") ? 0 : a.Missing(["minGracefulStopTimeout"], 0)),
            Quantity.WholeSeconds(a, "maxRecommendedGracefulStopTimeout"),
            ComputeReader.Joined(a.Pairs("parameter")));
        a.ReportUnknown();
        return a.Context.Sources.Remember(config, a);
    }

    internal static UserContextTransferCapability? ReadContextTransfer(Attributes app)
    {
        if (app.Object("user context transfer capability", "userContextTransferCapability") is not { } a)
        {
            return null;
        }

        var capability = new UserContextTransferCapability(
            a.Flag("statefulApplication") ?? (a.Has("statefulApplication") ? false : a.Missing(["statefulApplication"], false)),
            a.Flag("userContextTransferSupport"));
        a.ReportUnknown();
        return a.Context.Sources.Remember(capability, a);
    }

    /// <summary>Nested in MEC 010-2, flat in MEC 037.</summary>
    internal static AppNetworkPolicy? ReadNetworkPolicy(Attributes app)
    {
        if (app.Object("network policy", "appNetworkPolicy") is not { } a)
        {
            return null;
        }

        var networks = a.Object("steered network", "steeredNetwork") ?? a;
        var policy = new AppNetworkPolicy(new(
            networks.Flag("cellularNetwork") ?? false, networks.Flag("wi-fiNetwork") ?? false, networks.Flag("fixedAccessNetwork") ?? false));
        networks.ReportUnknown();
        if (!ReferenceEquals(networks, a))
        {
            a.ReportUnknown();
        }

        return policy;
    }

    /// <summary>
    /// Our own <c>environment</c> and <c>userData</c>; SOL001's kvp_data, content_or_file_data; EdgeGallery's user_data.contents.
    /// </summary>
    internal static BootData? ReadBootData(Attributes owner)
    {
        if (owner.Find("bootData") is not { } entry)
        {
            return null;
        }

        if (entry.Node is ScalarNode text)
        {
            return new(Nothing.Pairs, text.Text);
        }

        if (owner.Object("boot data", "bootData") is not { } a)
        {
            return null;
        }

        var environment = a.Pairs("environment");
        string? userData = null;
        if (a.Object("key and value boot data", "kvpData") is { } kvp)
        {
            environment = environment.Count > 0 ? environment : kvp.Pairs("data");
            kvp.ReportUnknown();
        }

        if (a.Find("userData") is { Node: ScalarNode plain })
        {
            userData = plain.Text;
        }
        else if (a.Object("user data", "userData", "contentOrFileData") is { } content)
        {
            userData = content.Text("contents", "content");
            environment = environment.Count > 0 ? environment : content.Pairs("data");
            content.Ignore("sourcePath", "destinationPath");
            content.ReportUnknown();
        }

        a.Ignore("configDrive", "vimSpecificProperties");
        a.ReportUnknown();
        return new(environment, userData);
    }
}
