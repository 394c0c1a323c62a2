using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Mano.Common.V1;

namespace Mano.Cli.Terminal;

/// <summary>How times, sizes, ids and enum values are said to people.</summary>
internal static class Words
{
    private const int ShortestId = 8;

    /// <summary>Ids cut to the shortest length at which they still differ, one answer for a whole list.</summary>
    public static Func<string, string> ShortIds(IEnumerable<string> ids)
    {
        var all = ids.Distinct(StringComparer.Ordinal).ToArray();
        var length = ShortestId;
        while (length < 36 && all.Select(id => Cut(id, length)).Distinct(StringComparer.Ordinal).Count() < all.Length)
        {
            length++;
        }

        return id => Cut(id, length).TrimEnd('-');
    }

    /// <summary><c>STATE_COMPLETED</c> of <c>State</c> is COMPLETED: the standard's word, without the wire's prefix.</summary>
    public static string Of<T>(T value)
        where T : struct, System.Enum =>
        Regexes.WordStart().Replace(value.ToString(), "_").TrimStart('_').ToUpperInvariant();

    public static string Elapsed(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 0 } => "",
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    /// <summary>"12 s ago".</summary>
    public static string Ago(Timestamp? then, DateTimeOffset now) =>
        then is null ? "" : Elapsed(Max(now - then.ToDateTimeOffset(), TimeSpan.Zero)) + " ago";

    public static string Bytes(long count) => count switch
    {
        < 1024 => string.Create(CultureInfo.InvariantCulture, $"{count} B"),
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{count / 1024.0:0.#} KiB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{count / 1048576.0:0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1073741824.0:0.#} GiB"),
    };

    /// <summary>"0.5 CPU, 64 MiB, 1 GiB disk".</summary>
    public static string Amount(Resources? resources) => resources is null ? "nothing" : string.Create(
        CultureInfo.InvariantCulture, $"{resources.MilliCpu / 1000.0:0.###} CPU, {Bytes(resources.MemoryMib << 20)}, {resources.DiskGib} GiB disk");

    /// <summary>"127.3.0.1:8080".</summary>
    public static string Reach(Endpoint? endpoint) => endpoint is null || endpoint.Address.Length == 0
        ? ""
        : string.Join(", ", endpoint.Ports.Select(p => $"{endpoint.Address}:{p.Number}").DefaultIfEmpty(endpoint.Address));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static string Cut(string id, int length) => id.Length <= length ? id : id[..length];
}
