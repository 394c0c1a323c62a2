using System.Text;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Cinder;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// What the guest finds at its first boot: the boot data as they are, and beside them, where cloud-init can read it, the environment as
/// a file that services may use (<c>EnvironmentFile=/etc/mano/environment</c>). Pure.
/// </summary>
internal static class UserData
{
    public const string EnvironmentFile = "/etc/mano/environment";
    private const int MaxEncoded = 65535;
    private const string Boundary = "==mano-user-data==";

    /// <summary>In base64, as Nova wants it; null: there is nothing.</summary>
    public static string? Of(ServerRecord record, OpenStackOptions options, IReadOnlyList<VolumeDetails> volumes)
    {
        var text = Text(record, options, volumes);
        if (text.Length == 0)
        {
            return null;
        }

        var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        return encoded.Length <= MaxEncoded ? encoded : throw VimFailures.InvalidRequest($"compute/{record.ComputeId}",
            [new Fault("spec.boot_data", $"with the environment it is {encoded.Length} bytes in base64; Nova takes {MaxEncoded}.")]).ToException();
    }

    /// <summary>Whether the environment reaches the guest.</summary>
    public static Enforcement EnvironmentOf(ComputeSpec spec, OpenStackOptions options) =>
        !options.EnvironmentInUserData ? new("environment", false, "EnvironmentInUserData is off")
        : KindOf(spec.BootData) is null ? new("environment", false, "the boot data is of a kind to which nothing can be added")
        : new("environment", true, $"cloud-init writes {EnvironmentFile}");

    private static string Text(ServerRecord record, OpenStackOptions options, IReadOnlyList<VolumeDetails> volumes)
    {
        var spec = record.Spec;
        if (!options.EnvironmentInUserData || KindOf(spec.BootData) is not { } kind)
        {
            return spec.BootData;
        }

        var environment = CloudConfig(record, volumes);
        return kind.Length == 0 ? environment : $"""
            Content-Type: multipart/mixed; boundary="{Boundary}"
            MIME-Version: 1.0

            --{Boundary}
            Content-Type: text/cloud-config; charset="utf-8"
            Merge-Type: list(append)+dict(no_replace,recurse_list)+str()

            {environment}
            --{Boundary}
            Content-Type: {kind}; charset="utf-8"
            Merge-Type: list(append)+dict(no_replace,recurse_list)+str()

            {spec.BootData}
            --{Boundary}--

            """.ReplaceLineEndings("\n");
    }

    private static string? KindOf(string bootData) =>
        bootData.Length == 0 ? ""
        : bootData.StartsWith("#cloud-config", StringComparison.Ordinal) ? "text/cloud-config"
        : bootData.StartsWith("#!", StringComparison.Ordinal) ? "text/x-shellscript"
        : bootData.StartsWith("#include", StringComparison.Ordinal) ? "text/x-include-url"
        : null;

    private static string CloudConfig(ServerRecord record, IReadOnlyList<VolumeDetails> volumes)
    {
        var file = new StringBuilder();
        foreach (var (name, value) in Variables(record).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            file.Append(name).Append("='").Append(value.Replace("'", "'\\''", StringComparison.Ordinal)).Append("'\n");
        }

        return $"""
            #cloud-config
            write_files:
            - path: {EnvironmentFile}
              permissions: '0600'
              encoding: b64
              content: {Convert.ToBase64String(Encoding.UTF8.GetBytes(file.ToString()))}
            """.ReplaceLineEndings("\n") + "\n" + Mounts(record, volumes);
    }

    // The device's name is made of the first 20 characters of the volume's id, whatever the order in which they appear.
    private static string Mounts(ServerRecord record, IReadOnlyList<VolumeDetails> volumes) => volumes.Count == 0 ? "" : "fs_setup:\n"
        + string.Concat(volumes.Select(v => $"- {{device: {DeviceOf(v)}, filesystem: ext4, partition: none, overwrite: false}}\n")) + "mounts:\n"
        + string.Concat(volumes.Select((v, place) => $"- [{DeviceOf(v)}, {PathOf(record.Spec.Volumes[place])}, ext4, 'defaults,nofail']\n"));

    private static string DeviceOf(VolumeDetails volume) => "/dev/disk/by-id/virtio-" + (volume.Id.Length > 20 ? volume.Id[..20] : volume.Id);

    private static string PathOf(ComputeVolume volume) => volume.Path.Length > 0 ? volume.Path : "/mnt/" + volume.Name;

    private static Dictionary<string, string> Variables(ServerRecord record)
    {
        var variables = new Dictionary<string, string>(record.Spec.Environment)
        {
            [ComputeVariables.AppInstanceId] = record.Spec.Labels.AppInstanceId,
        };
        if (record.Address.Length > 0)
        {
            variables[ComputeVariables.Address] = record.Address;
        }

        foreach (var port in record.Spec.Ports)
        {
            variables[ComputeVariables.Port(port.Name)] = port.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        foreach (var volume in record.Spec.Volumes)
        {
            variables[ComputeVariables.Volume(volume.Name)] = PathOf(volume);
        }

        return variables;
    }
}
