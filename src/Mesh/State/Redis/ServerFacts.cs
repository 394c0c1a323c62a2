using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>What a Redis says about itself that decides whether it may hold our state, and what it would lose.</summary>
/// <param name="Role">master or slave.</param>
/// <param name="Loading">Whether it still reads its data.</param>
/// <param name="EvictionPolicy">What it does when its memory is full.</param>
/// <param name="AppendOnly">Whether it writes the append-only file.</param>
/// <param name="Fsync">always, everysec or no; null when it does not tell.</param>
/// <param name="LastWriteFailed">Whether its last write to the append-only file failed.</param>
internal sealed record ServerFacts(string Role, bool Loading, string EvictionPolicy, bool AppendOnly, string? Fsync, bool LastWriteFailed)
{
    /// <summary>Asks the server. INFO is always allowed; CONFIG may not be.</summary>
    public static async Task<ServerFacts> Ask(IServer server)
    {
        var info = Parse(await server.InfoRawAsync());
        return new(
            info.GetValueOrDefault("role", "master"),
            info.GetValueOrDefault("loading") == "1",
            info.GetValueOrDefault("maxmemory_policy", "noeviction"),
            info.GetValueOrDefault("aof_enabled") == "1",
            await Fsyncs(server),
            info.GetValueOrDefault("aof_last_write_status", "ok") != "ok");
    }

    /// <summary>Why it must not be used; null if it may.</summary>
    public Failure? Refusal(RedisFailures failures) => this switch
    {
        { Loading: true } => failures.Answered("LOADING Redis is loading the dataset in memory").Failure,
        { Role: not "master" } => failures.Replica(),
        { EvictionPolicy: not "noeviction" } => failures.Evicting(EvictionPolicy),
        _ => null,
    };

    /// <summary>What an acknowledged commit may not survive, as a sentence; null if it survives everything but the loss of the disk.</summary>
    public string? NotDurable => this switch
    {
        { AppendOnly: false } => "appendonly is off: a restart of Redis loses every commit since its last snapshot; set appendonly yes",
        { LastWriteFailed: true } => "its last write to the append-only file failed: see its log and its disk",
        { Fsync: "always" } => null,
        { Fsync: "everysec" } => "appendfsync is everysec: a power cut, or a crash of Redis while its disk is slow, loses up to 2 seconds of acknowledged commits; set appendfsync always",
        { Fsync: "no" } => "appendfsync is no: a power cut loses what the kernel had not written yet; set appendfsync always",
        _ => "it does not tell its appendfsync (CONFIG GET is not allowed): unless that is always, a power cut may lose acknowledged commits",
    };

    private static async Task<string?> Fsyncs(IServer server)
    {
        try
        {
            return (await server.ConfigGetAsync("appendfsync")) is [var setting, ..] ? setting.Value : null;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> Parse(string? info) => (info ?? "").Split('\n')
        .Select(line => line.TrimEnd().Split(':', 2))
        .Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0], StringComparer.Ordinal)
        .ToDictionary(pair => pair.Key, pair => pair.First()[1], StringComparer.Ordinal);
}
