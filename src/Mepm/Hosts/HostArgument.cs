using System.Globalization;
using Mano.Mesh.Hosting;

namespace Mano.Mepm.Hosts;

/// <summary>
/// A host as one command-line value: <c>id=edge-a-1,zone=a,vim=LocalProcess,platform=http://127.0.0.1:7413,latency=5ms,hardware=gpu+sriov,networks=internet+n6,cost=0.8,watts=7</c>.
/// <c>vimzone</c> is the zone within the VIM (an OpenStack availability zone, a Kubernetes topology zone), while <c>zone</c> is what placement requests name.
/// Without <c>platform</c> it is looked for in Consul. Settings of the VIM adapter follow as <c>vim.NAME=VALUE</c>; a comma inside a value is written twice.
/// A secret is not for the command line, which every process of the machine may read: <c>vim.Password=@FILE</c> takes a file's content (<c>@@</c> is one @).
/// <c>vim=@NAME</c> is a VIM connection that 'mano vim add' gave this site, and takes no settings here.
/// </summary>
public static class HostArgument
{
    private const string Known = "id, zone, vim, vimzone, platform, latency, hardware, arch, networks, tenants, cost, watts and vim.NAME are known";
    private static readonly string[] Names = ["id", "zone", "vim", "vimzone", "platform", "latency", "hardware", "arch", "networks", "tenants", "cost", "watts"];

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">With a sentence that says what is wrong.</exception>
    public static HostOptions Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var inPlain = new List<string>();
        foreach (var part in text.Replace(",,", "\u0001", StringComparison.Ordinal).Split(','))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw new FormatException($"'{part}' in '{text}' is no NAME=VALUE; {Known}.");
            }

            var (name, value) = (part[..at], part[(at + 1)..].Replace('\u0001', ','));
            var isSetting = name.StartsWith("vim.", StringComparison.Ordinal);
            if (!isSetting && !Names.Contains(name))
            {
                throw new FormatException($"'{name}' in '{text}' is not known; {Known}.");
            }

            if (isSetting && value.StartsWith('@'))
            {
                value = value.StartsWith("@@", StringComparison.Ordinal) ? value[1..] : FromFile(name, value[1..]);
            }
            else if (isSetting)
            {
                inPlain.Add(name[4..]);
            }

            if (!(isSetting ? settings.TryAdd(name[4..], value) : values.TryAdd(name, value)))
            {
                throw new FormatException($"'{name}' is given twice in '{text}'.");
            }
        }

        return new()
        {
            HostId = Needed(values, "id", text),
            Zone = Needed(values, "zone", text),
            Vim = Needed(values, "vim", text),
            VimSettings = settings,
            SettingsInPlain = inPlain,
            VimZone = values.GetValueOrDefault("vimzone", ""),
            Platform = values.TryGetValue("platform", out var platform) ? Url(platform) : null,
            Latency = values.TryGetValue("latency", out var latency) ? MeshFlags.ParseDuration(latency) : TimeSpan.Zero,
            Hardware = Many(values, "hardware"),
            Networks = Many(values, "networks"),
            Tenants = Many(values, "tenants"),
            Cost = Number(values, "cost"),
            WattsPerCpu = Number(values, "watts"),
            CpuArchitecture = values.GetValueOrDefault("arch", ""),
        };
    }

    /// <summary>The content of a file, without the line break at its end that editors and echo put there.</summary>
    internal static string FromFile(string name, string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FormatException($"{name}: the file '{path}' cannot be read: {e.Message}");
        }
    }

    internal static Uri Url(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? new Uri(text)
        : throw new FormatException($"'{text}' is not a URL; write http://127.0.0.1:7413.");

    private static string[] Many(Dictionary<string, string> values, string name) =>
        values.TryGetValue(name, out var many) ? many.Split('+', StringSplitOptions.RemoveEmptyEntries) : [];

    private static double? Number(Dictionary<string, string> values, string name) =>
        !values.TryGetValue(name, out var text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && number >= 0 ? number
        : throw new FormatException($"'{name}={text}' is no number of at least 0.");

    private static string Needed(Dictionary<string, string> values, string name, string text) =>
        values.TryGetValue(name, out var value) && value.Length > 0
            ? value
            : throw new FormatException($"'{name}' is missing in '{text}'; write id=edge-a-1,zone=a,vim=LocalProcess,platform=http://127.0.0.1:7413.");
}
