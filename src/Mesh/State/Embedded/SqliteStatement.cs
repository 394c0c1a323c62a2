using System.Text;
using SQLitePCL;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// A prepared statement: bind, step, read, reset. UTF-8 goes in and out without becoming a string, which is why this
/// speaks to the engine rather than through ADO.NET.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly sqlite3_stmt statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        this.connection = connection;
        connection.Check(raw.sqlite3_prepare_v2(connection.Native, sql, out statement));
    }

    public SqliteStatement Bind(int index, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string value)
    {
        Span<byte> utf8 = stackalloc byte[StateKeys.MaxLength + 8];
        return value.Length * 3 <= utf8.Length
            ? Bind(index, (ReadOnlySpan<byte>)utf8[..Encoding.UTF8.GetBytes(value, utf8)])
            : Bind(index, (ReadOnlySpan<byte>)Encoding.UTF8.GetBytes(value));
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> utf8)
    {
        // An empty span has no address, which the engine takes for NULL.
        connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(statement, index, "") : raw.sqlite3_bind_text(statement, index, utf8));
        return this;
    }

    public SqliteStatement BindNull(int index)
    {
        connection.Check(raw.sqlite3_bind_null(statement, index));
        return this;
    }

    /// <summary>Moves to the next row. When there is none, or on an error, the statement is ready to be bound again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        raw.sqlite3_reset(statement);
        if (code != raw.SQLITE_DONE)
        {
            connection.Check(code);
        }

        return false;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run() => Step();

    /// <summary>Reads the first column of the first row as a number and is done with it.</summary>
    public long? Number()
    {
        if (!Step())
        {
            return null;
        }

        long? number = IsNull(0) ? null : Int64(0);
        Reset();
        return number;
    }

    public void Reset() => raw.sqlite3_reset(statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(statement, column));

    public byte[] Utf8(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

    public void Dispose() => statement.Dispose();
}
