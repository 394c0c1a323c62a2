using System.Collections.Immutable;
using System.Net;
using System.Text;
using Mano.MecPlatform.Dns.Backends;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.Dnsmasq;

/// <summary>
/// Our files in the folder that dnsmasq watches, one an application instance: <c>mano-PLATFORM-INSTANCE.hosts</c>, lines of
/// <c>ADDRESS NAME</c>. A file is put there whole or not at all: dnsmasq overlooks names that begin with a dot, and a rename
/// is one event.
/// </summary>
internal sealed class HostsFolder(string folder, string platformId)
{
    private const string Ending = ".hosts";

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead; // dnsmasq is another user

    private readonly string beginning = $"mano-{platformId}-";

    public IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> Read() => Guarded(() =>
    {
        var found = new Dictionary<string, ImmutableHashSet<RecordSet>>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, $"{beginning}*{Ending}"))
        {
            var sets = File.ReadLines(path).Select(Parse).OfType<(DomainName Name, IPAddress Address)>().GroupBy(l => (l.Name, DnsAddress.TypeOf(l.Address)));
            found[Path.GetFileName(path)[beginning.Length..^Ending.Length]] =
                [.. sets.Select(s => RecordSet.Of(s.Key.Name, s.Key.Item2, 0, s.Select(l => l.Address)))];
        }

        return found;
    });

    /// <summary>Makes exactly these the instance's names; with none, its file goes.</summary>
    public void Write(string appInstanceId, IEnumerable<RecordSet> sets)
    {
        var lines = new StringBuilder();
        foreach (var set in sets.OrderBy(s => s.Name).ThenBy(s => s.Type))
        {
            foreach (var address in set.Each)
            {
                lines.Append(address).Append(' ').Append(set.Name).Append('\n');
            }
        }

        var path = Path.Combine(folder, $"{beginning}{appInstanceId}{Ending}");
        Guarded(() =>
        {
            if (lines.Length == 0)
            {
                File.Delete(path);
                return 0;
            }

            var unfinished = Path.Combine(folder, $".{beginning}{appInstanceId}");
            File.WriteAllText(unfinished, lines.ToString());
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(unfinished, Readable);
            }

            File.Move(unfinished, path, overwrite: true);
            return 0;
        });
    }

    private static (DomainName Name, IPAddress Address)? Parse(string line) =>
        line.Split(' ') is [var address, var name] && IPAddress.TryParse(address, out var ip) ? (DomainName.FromWire(name), ip) : null;

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw Failure.Unavailable(
                "DNS_SERVER_AWAY", $"dnsmasq's folder of hosts files cannot be used (--dnsmasq-hosts-dir {folder}): {wrong.Message}", "dns-server/dnsmasq").ToException();
        }
    }
}
