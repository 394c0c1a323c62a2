using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>
/// Whether a request is well-formed, the same for every adapter. All faults are found, not only the first; a
/// refusal is a <see cref="FailureException"/>, because these are calls across a border.
/// </summary>
public static partial class RequestRules
{
    private const int MaxBootDataBytes = 65536;
    private const int MaxTailBytes = 1 << 20;

    /// <summary>Throws what a rule found; nothing where it found nothing.</summary>
    public static void Refuse(Failure? refusal)
    {
        if (refusal is not null)
        {
            throw refusal.ToException();
        }
    }

    /// <summary>Refuses a key or a number that is ill-formed.</summary>
    public static void CheckKey(string computeId, long operationNumber)
    {
        var faults = new List<Fault>();
        AddIdFaults(faults, computeId);
        if (operationNumber < 1)
        {
            faults.Add(new("operation_number", $"{operationNumber} is refused; it starts at 1 and grows with every new intent."));
        }

        Refuse($"compute/{computeId}", faults);
    }

    /// <summary>Refuses an ill-formed key.</summary>
    public static void CheckId(string computeId)
    {
        var faults = new List<Fault>();
        AddIdFaults(faults, computeId);
        Refuse($"compute/{computeId}", faults);
    }

    /// <summary>Refuses an ill-formed power state.</summary>
    public static void CheckPower(string computeId, PowerState powerState)
    {
        if (!Enum.IsDefined(powerState))
        {
            Refuse($"compute/{computeId}", [new("power_state", "it is not given; STARTED or STOPPED would be right.")]);
        }
    }

    /// <summary>The number of bytes a log reader gets for what it asked.</summary>
    public static int CheckTail(string computeId, int tailBytes)
    {
        if (tailBytes is < 0 or > MaxTailBytes)
        {
            Refuse($"compute/{computeId}", [new("tail_bytes", $"{tailBytes} is refused; 1 to {MaxTailBytes}, or 0 for 65536.")]);
        }

        return tailBytes == 0 ? 65536 : tailBytes;
    }

    /// <summary>Refuses an ill-formed image reference.</summary>
    public static void CheckImage(ImageReference image)
    {
        var faults = new List<Fault>();
        AddImageFaults(faults, "image", image);
        Refuse($"image/{image.Digest}", faults);
    }

    /// <summary>Refuses an ill-formed digest.</summary>
    public static void CheckDigest(string digest) => CheckImage(new ImageReference(digest, ImageFormat.Executable));

    /// <summary>Refuses an ill-formed spec, and one that needs what <paramref name="capabilities"/> do not claim.</summary>
    public static void CheckSpec(string computeId, ComputeSpec spec, VimCapabilities capabilities)
    {
        var faults = new List<Fault>();
        AddSpecFaults(faults, spec);
        Refuse($"compute/{computeId}", faults);

        RefuseUnclaimed(spec, capabilities);
        if (spec.Zone.Length > 0 && !capabilities.Zones.Contains(spec.Zone))
        {
            throw VimFailures.NoZone(computeId, spec.Zone, capabilities.Zones).ToException();
        }
    }

    /// <summary>The capability that images of a format need.</summary>
    public static VimCapability Needed(ImageFormat format) => format switch
    {
        ImageFormat.Executable => VimCapability.Executables,
        ImageFormat.RootFsArchive => VimCapability.RootFsArchives,
        ImageFormat.ContainerArchive => VimCapability.Containers,
        ImageFormat.NameOnly => VimCapability.NamedImages,
        ImageFormat.HelmChart => VimCapability.HelmCharts,
        _ => VimCapability.VmImages,
    };

    /// <summary>Refuses a format that is not claimed.</summary>
    public static void CheckClaimed(ImageFormat format, VimCapabilities capabilities)
    {
        if (!capabilities.Has(Needed(format)))
        {
            var why = capabilities.Notes.FirstOrDefault(n => !n.Applied && n.Name == Needed(format).ToString())?.Detail ?? "";
            throw VimFailures.Cannot(capabilities.Adapter, $"images of format {format}", why).ToException();
        }
    }

    private static void RefuseUnclaimed(ComputeSpec spec, VimCapabilities capabilities)
    {
        foreach (var image in spec.Images)
        {
            CheckClaimed(image.Format, capabilities);
        }

        if (spec.BootData.Length > 0 && !capabilities.Has(VimCapability.BootData))
        {
            throw VimFailures.Cannot(capabilities.Adapter, "boot data").ToException();
        }

        if (spec.Address.Length > 0 && !capabilities.Has(VimCapability.FixedAddresses))
        {
            throw VimFailures.Cannot(capabilities.Adapter, "addresses of the caller's choice").ToException();
        }

        if (spec.Volumes.Count > 0 && !capabilities.Has(VimCapability.Volumes))
        {
            throw VimFailures.Cannot(capabilities.Adapter, "volumes").ToException();
        }

        if (spec.Networks.Count > 0 && !capabilities.Has(VimCapability.Networks))
        {
            throw VimFailures.Cannot(capabilities.Adapter, "networks").ToException();
        }

        if (spec.Groups.Count > 0 && !capabilities.Has(VimCapability.Affinity))
        {
            throw VimFailures.Cannot(capabilities.Adapter, "affinity groups").ToException();
        }
    }

    /// <summary>Whether it is well-formed as the key of a compute or a network, or as a group's name.</summary>
    internal static bool IsKey(string text) => KeyPattern().IsMatch(text);

    private static void AddIdFaults(List<Fault> faults, string computeId)
    {
        if (!IsKey(computeId))
        {
            faults.Add(new("compute_id", $"'{Shown(computeId)}' is refused; 1 to 128 characters of [A-Za-z0-9._-], the first a letter or a digit."));
        }
    }

    private static void AddImageFaults(List<Fault> faults, string path, ImageReference image)
    {
        if (!DigestPattern().IsMatch(image.Digest))
        {
            faults.Add(new($"{path}.digest", $"'{Shown(image.Digest)}' is refused; 'sha256:' and 64 lower-case hexadecimal digits would be right."));
        }

        if (!Enum.IsDefined(image.Format))
        {
            faults.Add(new($"{path}.format", "it is not given, or unknown."));
        }

        AddTextFaults(faults, $"{path}.name", image.Name, 255);
    }

    private static void AddSpecFaults(List<Fault> faults, ComputeSpec spec)
    {
        AddTextFaults(faults, "spec.name", spec.Name, 255);
        if (spec.Images.Count != 1)
        {
            faults.Add(new("spec.images", $"{spec.Images.Count} are given; exactly one would be right."));
        }

        for (var i = 0; i < spec.Images.Count; i++)
        {
            AddImageFaults(faults, $"spec.images[{i}]", spec.Images[i]);
        }

        if (spec.Resources is { MilliCpu: < 0 } or { MemoryMib: < 0 } or { DiskGib: < 0 })
        {
            faults.Add(new("spec.resources", $"{spec.Resources}: none may be negative."));
        }

        if (spec.Labels.Tenant.Length == 0 || spec.Labels.AppInstanceId.Length == 0)
        {
            faults.Add(new("spec.labels", "tenant and app_instance_id are required."));
        }

        if (!Enum.IsDefined(spec.RestartPolicy))
        {
            faults.Add(new("spec.restart_policy", "it is not given, or unknown; NEVER, ON_FAILURE or ALWAYS would be right."));
        }

        if (Encoding.UTF8.GetByteCount(spec.BootData) > MaxBootDataBytes)
        {
            faults.Add(new("spec.boot_data", $"it is over {MaxBootDataBytes} bytes."));
        }

        if (spec.Address.Length > 0 && !IPAddress.TryParse(spec.Address, out _))
        {
            faults.Add(new("spec.address", $"'{Shown(spec.Address)}' is no IP address."));
        }

        AddPortFaults(faults, spec.Ports);
        AddProcessFaults(faults, spec);
        VolumeRules.AddFaults(faults, spec.Volumes);
        NetworkRules.AddFaults(faults, spec.Networks);
        GroupRules.AddFaults(faults, spec.Groups);
        ChartRules.AddFaults(faults, spec);
    }

    private static void AddPortFaults(List<Fault> faults, IReadOnlyList<ComputePort> ports)
    {
        if (ports.Count > 64)
        {
            faults.Add(new("spec.ports", $"{ports.Count} are given; at most 64."));
        }

        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            if (port.Name.Length is 0 or > 63 || ports.Take(i).Any(p => p.Name == port.Name))
            {
                faults.Add(new($"spec.ports[{i}].name", $"'{Shown(port.Name)}' is refused; 1 to 63 characters, unique in the compute."));
            }

            if (port.Number is < 1 or > 65535)
            {
                faults.Add(new($"spec.ports[{i}].number", $"{port.Number.ToString(CultureInfo.InvariantCulture)} is refused; 1 to 65535."));
            }

            if (!Enum.IsDefined(port.Transport))
            {
                faults.Add(new($"spec.ports[{i}].transport", "it is not given; TCP or UDP would be right."));
            }
        }
    }

    private static void AddProcessFaults(List<Fault> faults, ComputeSpec spec)
    {
        if (spec.Environment.Count > 256)
        {
            faults.Add(new("spec.environment", $"{spec.Environment.Count} variables are given; at most 256."));
        }

        foreach (var (name, value) in spec.Environment)
        {
            if (!VariablePattern().IsMatch(name))
            {
                faults.Add(new($"spec.environment[{Shown(name)}]", "the name is refused; letters, digits and _, the first no digit."));
            }
            else if (value.Contains('\0', StringComparison.Ordinal))
            {
                faults.Add(new($"spec.environment[{name}]", "the value contains a zero character."));
            }
        }

        if (spec.Command.Count > 256 || spec.Command.Any(c => c.Contains('\0', StringComparison.Ordinal)))
        {
            faults.Add(new("spec.command", "at most 256 words, none with a zero character."));
        }
    }

    internal static void AddTextFaults(List<Fault> faults, string path, string text, int limit)
    {
        if (text.Length > limit || text.Any(char.IsControl))
        {
            faults.Add(new(path, $"at most {limit} characters, none of them a control character."));
        }
    }

    internal static string Shown(string text) => text.Length <= 80 ? text : text[..80] + "…";

    internal static void Refuse(string subject, List<Fault> faults)
    {
        if (faults.Count > 0)
        {
            throw VimFailures.InvalidRequest(Shown(subject), faults).ToException();
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z")]
    private static partial Regex KeyPattern();

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z")]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariablePattern();
}
