using System.Globalization;
using Mano.Packages.AppD;
using Mano.Packages.Explaining;

namespace Mano.Packages;

/// <summary>What an orchestrator will do with a package, in sentences for its provider. Pure.</summary>
/// <param name="Sections">In the order in which it happens.</param>
/// <param name="NotSupported">What the package asks for and does not get, each with the reason.</param>
public sealed record PackageExplanation(IReadOnlyList<ExplanationSection> Sections, IReadOnlyList<string> NotSupported)
{
    public static PackageExplanation Of(PackageContent content)
    {
        var app = content.Descriptor;
        ExplanationSection[] all =
        [
            new("package", Package(content)),
            new("placement", Placement(app)),
            new("compute", Compute(content)),
            new("network", Network(app)),
            new("traffic rules", [.. app.AppTrafficRule.OrderBy(r => r.Priority).Select(r => new ExplanationLine(r.TrafficRuleId, RuleSentences.Of(r, app)))]),
            new("DNS rules", [.. app.AppDNSRule.Select(d => new ExplanationLine(d.DnsRuleId, RuleSentences.Of(d)))]),
            new("services", Services(app)),
            new("ending", Ending(app)),
        ];
        return new([.. all.Where(s => s.Lines.Count > 0)], [.. Unsupported.Of(content)]);
    }

    private static List<ExplanationLine> Package(PackageContent content)
    {
        var app = content.Descriptor;
        List<ExplanationLine> lines =
        [
            new("application", $"{app.AppName} {app.AppSoftVersion} of {app.AppProvider}"),
            new("descriptor", $"{app.AppDId}, version {app.AppDVersion}{(content.DescriptorPath.Length > 0 ? $", read from {content.DescriptorPath}" : "")}"),
            new("runs on MEC", app.MecVersion.Count == 0 ? "any version (the package does not say)" : string.Join(", ", app.MecVersion)),
        ];
        lines.AddRange(content.Signers.Select(s => new ExplanationLine("signed", $"{s.Path} by {s.Subject}, {(s.IsTrusted ? "trusted" : "not trusted here")} (certificate {s.Sha256})")));
        return lines;
    }

    private static List<ExplanationLine> Placement(AppDescriptor app)
    {
        var need = app.Need();
        var lines = new List<ExplanationLine>
        {
            new("room", string.Create(CultureInfo.InvariantCulture, $"{need.Vcpus} vCPU, {need.MemoryMib} MiB of memory, {need.DiskGib} GiB of disk are held on one host before anything is started")),
        };
        if (app.VirtualComputeDescriptor?.VirtualCpu.CpuArchitecture is { } architecture)
        {
            lines.Add(new("CPU", $"only hosts of architecture {architecture}"));
        }

        if (app.AppLatency is { } latency)
        {
            lines.Add(new("latency", string.Create(CultureInfo.InvariantCulture, $"only hosts within {latency.MaxLatency / 1e6:0.###} ms, one way, of the users")));
        }

        lines.AddRange(app.AppFeatureRequired.Select(f => new ExplanationLine("feature", $"only platforms with {f.FeatureName} {f.Version}")));
        lines.AddRange(app.RequestAdditionalCapabilities.Concat(app.VirtualComputeDescriptor?.RequestAdditionalCapabilities ?? [])
            .Where(c => c.SupportMandatory).Select(c => new ExplanationLine("hardware", $"only hosts with {c.RequestedAdditionalCapabilityName}")));
        lines.AddRange((app.VirtualComputeDescriptor?.ComputeRequirements ?? []).Select(r => new ExplanationLine("hardware", $"only hosts with {r}")));
        return lines;
    }

    private static List<ExplanationLine> Compute(PackageContent content)
    {
        var app = content.Descriptor;
        var lines = new List<ExplanationLine>();
        if (app.VirtualComputeDescriptor is { } vm)
        {
            lines.Add(new(vm.VirtualComputeDescId, string.Create(CultureInfo.InvariantCulture, $"one compute: {vm.VirtualCpu.NumVirtualCpu} vCPU, {vm.VirtualMemory.VirtualMemSize} MiB")));
        }

        lines.AddRange(app.OsContainerDescriptor.Select(c => new ExplanationLine(c.OsContainerDescId,
            string.Create(CultureInfo.InvariantCulture, $"container {c.Name}: {c.RequestedCpuResources ?? c.CpuResourceLimit ?? 0} milli-CPU, {c.RequestedMemoryResources ?? c.MemoryResourceLimit ?? 0} MiB, of image {c.SwImageDesc}"))));
        if (SoftwareKinds.ChartOf(app, content.Artifacts) is { } chart)
        {
            lines.Add(new("chart", $"{chart.Path} is installed by hosts whose VIM is Kubernetes and has helm{(content.ChartValues.Length > 0 ? ", with the values beside it" : "")}; it names the images it needs, so the descriptor's are for readers"));
        }

        lines.AddRange(app.SwImageDescriptor.Select(i => new ExplanationLine(i.Id, ImageSentences.Of(i, content))));
        lines.AddRange(app.VirtualStorageDescriptor.Select(s => new ExplanationLine(s.Id, string.Create(CultureInfo.InvariantCulture, $"{s.SizeGib} GiB of {s.TypeOfStorage} storage, counted as disk"))));
        if (app.BootData is { } boot)
        {
            lines.Add(new("boot data", string.Join("; ", new[] { boot.Environment.Count > 0 ? $"variables {string.Join(", ", boot.Environment.Keys.Order(StringComparer.Ordinal))}" : "", boot.UserData is null ? "" : "user data" }.Where(t => t.Length > 0))));
        }

        lines.Add(new("ready", app.AppSupportMp1
            ? "when the application says so itself (confirm_ready over Mp1, app_support_mp1)"
            : "when its declared TCP ports answer, or at once without any (set app_support_mp1 if the application says confirm_ready)"));
        return lines;
    }

    private static List<ExplanationLine> Network(AppDescriptor app) =>
    [
        .. app.AppExtCpd.Select(c => new ExplanationLine(c.CpdId, c.Ports.Any()
            ? $"reached at {string.Join(", ", c.Ports.Select(p => $"{p.Protocol.ToString().ToUpperInvariant()} {p.Port} ({p.Name})"))}"
            : "declares no port (additional_service_data), so nothing is probed and rules cannot choose one")),
    ];

    private static List<ExplanationLine> Services(AppDescriptor app) =>
    [
        .. app.AppServiceRequired.Select(s => new ExplanationLine(s.SerName, $"required, version {s.Version}: only hosts whose platform offers it are chosen")),
        .. app.AppServiceOptional.Select(s => new ExplanationLine(s.SerName, $"optional, version {s.Version}: the application may look for it over Mp1")),
        .. app.AppServiceProduced.Select(s => new ExplanationLine(s.SerName, $"produced, version {s.Version}: admitted to the platform's registry when the application registers it")),
    ];

    private static List<ExplanationLine> Ending(AppDescriptor app)
    {
        var lines = new List<ExplanationLine>();
        if (app.TerminateAppInstanceOpConfig is { } end)
        {
            lines.Add(new("terminate", Times(end.MinGracefulTerminationTimeout, end.MaxRecommendedGracefulTerminationTimeout)));
        }

        if (app.ChangeAppInstanceStateOpConfig is { } stop)
        {
            lines.Add(new("stop", Times(stop.MinGracefulStopTimeout, stop.MaxRecommendedGracefulStopTimeout)));
        }

        return lines;
    }

    private static string Times(int least, int? most) =>
        $"a graceful one gives the application at least {least} s{(most is { } seconds ? $" and at most {seconds} s" : "")} to say confirm_termination";
}

/// <summary>One topic.</summary>
public sealed record ExplanationSection(string Title, IReadOnlyList<ExplanationLine> Lines);

/// <summary>One thing: its name in the descriptor, and what comes of it.</summary>
public sealed record ExplanationLine(string Name, string Text);
