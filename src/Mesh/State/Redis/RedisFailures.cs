using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>What Redis's errors mean for us. Every sentence says which store and where, and what a person can do.</summary>
internal sealed class RedisFailures(RedisStoreOptions options)
{
    private readonly string store = $"the state store {options.Prefix} on Redis {options.Where}";

    public Failure Away(string why) => Failure.Unavailable(
        StateFailures.StoreUnavailable, $"{Capital(store)} cannot be reached: {why}", "store");

    /// <summary>A commit that was sent, and whose fate no answer told.</summary>
    public static Failure Unknown(Failure why) => why with { Message = $"{why.Message} Whether the commit happened is not known; read again." };

    public Failure TooManyCalls() => Failure.Unavailable(
        StateFailures.StoreUnavailable, $"{options.MaxCalls} calls wait for {store} already; more are refused until it answers.", "store");

    public Failure Replaced(string known, string found) => Failure.Unavailable(
        StateFailures.StoreReplaced,
        $"Redis {options.Where} {(found.Length == 0 ? $"has no store {options.Prefix}" : $"has another store {options.Prefix} ({found})")} where this process knows {known}: "
        + "its data are gone or were exchanged. Restore the backup of that store; or, to go on with what is there, "
        + (options.IdentityFile is { } file ? $"delete {file} and restart this process." : "restart this process."),
        "store");

    public Failure RolledBack(long seen, string found) => Failure.Unavailable(
        StateFailures.StoreRolledBack,
        $"{Capital(store)} is back at revision {found}, but this process has seen revision {seen}: acknowledged commits were lost (appendfsync is not 'always', a replica took over, or an old copy was restored). "
        + "Restore a newer copy; or restart this process to go on from what is there.",
        "store");

    public Failure Layout(string found) => Failure.Unavailable(
        StateFailures.StoreSchema, $"{Capital(store)} has layout '{found}', this program reads layout 1: another version or another program wrote it.", "store");

    public Failure Evicting(string policy) => Failure.Unavailable(
        StateFailures.StoreUnsafe, $"Redis {options.Where} may throw away our keys when memory runs out (maxmemory-policy {policy}); set maxmemory-policy to noeviction.", "store");

    public Failure Replica() => Failure.Unavailable(
        StateFailures.StoreUnavailable, $"Redis {options.Where} is a replica, which takes no writes; name the master, or make this one the master (REPLICAOF NO ONE).", "store");

    /// <summary>What an error that Redis answered means, and whether it passes by itself while we wait.</summary>
    public (Failure Failure, bool Passes) Answered(string error) => error switch
    {
        _ when Has(error, "LOADING") => (Says(error, "it loads its data after a start"), true),
        _ when Has(error, "BUSY") => (Says(error, "another client's script keeps it busy"), true),
        _ when Has(error, "MASTERDOWN") || Has(error, "CLUSTERDOWN") || Has(error, "TRYAGAIN") || Has(error, "MOVED") => (Says(error, "it is reconfiguring"), true),
        _ when Has(error, "READONLY") => (Replica(), true),
        _ when Has(error, "OOM") => (Says(error, "its memory is full; give it more (maxmemory) or delete what does not belong there"), false),
        _ when Has(error, "MISCONF") => (Says(error, "it cannot write to its disk; see its log"), false),
        _ when Has(error, "NOREPLICAS") => (Says(error, "too few of its replicas are connected"), false),
        _ when Has(error, "NOAUTH") || Has(error, "WRONGPASS") || Has(error, "NOPERM") => (Says(error, "it does not accept our password, or grants too little; see --store-password-file"), false),
        _ when Has(error, "WRONGTYPE") => (Says(error, $"a key of ours is of another type: another program uses the prefix {options.Prefix}"), false),
        _ => (Says(error, "it refuses the call"), false),
    };

    /// <summary>Why no connection could be made.</summary>
    public static string WhyNoConnection(Exception e) => e switch
    {
        FailureException known => known.Failure.Message,
        System.Security.Authentication.AuthenticationException tls => $"its certificate is not accepted ({tls.Message.TrimEnd('.')}).",
        TimeoutException => "it takes the connection but does not answer.",
        System.Net.Sockets.SocketException socket => $"no connection ({socket.SocketErrorCode}).",
        _ when e.Message.Contains("AuthenticationFailure", StringComparison.Ordinal) || e.Message.Contains("authentication", StringComparison.OrdinalIgnoreCase)
            || Has(e.Message, "NOAUTH") || Has(e.Message, "WRONGPASS") => "it does not accept our password; see --store-password-file.",
        RedisConnectionException connection => $"no connection ({connection.FailureType}).",
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    private static bool Has(string error, string word) => error.StartsWith(word, StringComparison.Ordinal) || error.Contains($"-{word} ", StringComparison.Ordinal);

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private Failure Says(string error, string meaning) =>
        Failure.Unavailable(StateFailures.StoreUnavailable, $"{Capital(store)} refuses: {meaning} ({error.Split('\n')[0].TrimEnd()}).", "store");
}
