using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// The tables. <c>history</c> holds every change once; <c>heads</c> says which row is a key's present value. A row's number is
/// its revision times 4096 plus its place in the commit, so that order, revision and identity need one integer.
/// The view <c>entries</c> is for people: <c>sqlite3 meo.db "select * from entries"</c>.
/// </summary>
internal static class Schema
{
    public const int SeqBits = 12;

    private const int Version = 1;
    private const int ApplicationId = 0x6d616e6f;
    private const long QuickCheckBytes = 64 * 1024 * 1024;

    private const string Create = """
        BEGIN IMMEDIATE;
        CREATE TABLE history (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT);
        CREATE TABLE heads (key TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE shards (shard TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE compaction (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), revision INTEGER NOT NULL);
        INSERT INTO compaction VALUES (1, 0);
        CREATE VIEW entries AS SELECT heads.key, heads.seq >> 12 AS version, history.value FROM heads JOIN history USING (seq);
        PRAGMA application_id = 1835101807;
        PRAGMA user_version = 1;
        COMMIT;
        """;

    public static long Seq(long revision, int place) => (revision << SeqBits) | (uint)place;

    /// <summary>The last row number a commit of this revision can have.</summary>
    public static long EndOf(long revision) => Seq(revision, (1 << SeqBits) - 1);

    public static long Revision(long seq) => seq >> SeqBits;

    /// <summary>Makes the tables in a new file, or makes sure that the file is one of ours, sound and of this version.</summary>
    public static void Prepare(SqliteConnection connection, EmbeddedStoreOptions options)
    {
        var tables = Number(connection, "SELECT count(*) FROM sqlite_master");
        if (tables > 0)
        {
            Check(connection, options.Path);
        }

        // WAL first: it is a property of the file, and cannot be changed inside the transaction that makes the tables.
        var durability = options.Durability == Durability.Power ? "FULL" : "NORMAL";
        connection.Execute(
            $"PRAGMA journal_mode=WAL; PRAGMA synchronous={durability}; PRAGMA cache_size=-8000; PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=67108864;");
        if (tables == 0)
        {
            connection.Execute(Create);
        }
        else if (new FileInfo(options.Path).Length <= QuickCheckBytes && connection.Query("PRAGMA quick_check(1)") is var said && said != "ok")
        {
            throw Refuse(
                StateFailures.StoreCorrupt,
                $"The state file {options.Path} is damaged ({said}): put back a copy of it, or move it away to start empty.",
                options.Path);
        }
    }

    /// <summary>Makes sure that the file is one of ours and of this version.</summary>
    public static void Check(SqliteConnection connection, string path)
    {
        var (application, version) = (Number(connection, "PRAGMA application_id"), Number(connection, "PRAGMA user_version"));
        if (application != ApplicationId)
        {
            throw Refuse(StateFailures.StoreSchema, $"The file {path} is not a state file, but an SQLite database of another program: name another file.", path);
        }

        if (version != Version)
        {
            throw Refuse(
                StateFailures.StoreSchema,
                $"The state file {path} has schema version {version} and this program understands version {Version}: run the release that wrote it.",
                path);
        }
    }

    private static long Number(SqliteConnection connection, string sql) =>
        long.Parse(connection.Query(sql) ?? "0", CultureInfo.InvariantCulture);

    private static FailureException Refuse(string reason, string message, string path) =>
        new Failure(reason == StateFailures.StoreCorrupt ? FailureKind.Corrupt : FailureKind.IllegalState, reason, message, path).ToException();
}
