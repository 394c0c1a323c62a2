using Mano.Mesh.Failures;
using SQLitePCL;

namespace Mano.Mesh.State.Embedded;

/// <summary>One connection to the file, used by one thread at a time. Every error becomes a <see cref="Failure"/> that names the file.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private const int OpenReadWrite = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX;
    private const int OpenReadOnly = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX;

    private readonly string path;
    private readonly Dictionary<string, SqliteStatement> statements = [];

    static SqliteConnection()
    {
        Batteries_V2.Init();
        ShortPauses.Install();
    }

    public SqliteConnection(string path, bool readOnly)
    {
        this.path = path;
        var code = raw.sqlite3_open_v2(path, out var native, readOnly ? OpenReadOnly : OpenReadWrite, null);
        Native = native;
        if (code != raw.SQLITE_OK)
        {
            var failure = FailureOf(code);
            native.Dispose();
            throw failure.ToException();
        }

        raw.sqlite3_extended_result_codes(native, 1);
        raw.sqlite3_busy_timeout(native, 5000);
    }

    public sqlite3 Native { get; }

    /// <summary>The statement, prepared at its first use.</summary>
    public SqliteStatement Prepared(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = new(this, sql);
        }

        return statement;
    }

    /// <summary>Runs statements that are needed once.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Native, sql));

    /// <summary>The first column of the first row of a statement that is needed once.</summary>
    public string? Query(string sql)
    {
        using var statement = new SqliteStatement(this, sql);
        return statement.Step() ? statement.Text(0) : null;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            throw FailureOf(code).ToException();
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        Native.Dispose();
    }

    private Failure FailureOf(int code)
    {
        var said = raw.sqlite3_errmsg(Native).utf8_to_string();
        return (code & 0xff) switch
        {
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new(
                FailureKind.Corrupt,
                StateFailures.StoreCorrupt,
                $"The state file {path} is damaged or is not a state file ({said}): put back a copy of it, or move it away to start empty.",
                path),
            raw.SQLITE_FULL => Failure.Unavailable(StateFailures.StoreUnavailable, $"The disk of the state file {path} is full ({said}): free some space.", path),
            raw.SQLITE_CANTOPEN => Failure.Unavailable(
                StateFailures.StoreUnavailable, $"The state file {path} cannot be opened ({said}): its folder must exist and be writable by this user.", path),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => Failure.Unavailable(
                StateFailures.StoreUnavailable, $"The state file {path} cannot be written ({said}): make it and its folder writable by this user.", path),
            _ => Failure.Unavailable(StateFailures.StoreUnavailable, $"The state file {path} failed with SQLite's error {code}: {said}.", path),
        };
    }
}
