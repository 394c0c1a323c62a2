using Spectre.Console;

namespace Mano.Cli.Terminal;

/// <summary>One cell of a listing.</summary>
/// <param name="Text">As it is; brackets mean nothing.</param>
/// <param name="Style">A colour on terminals; null for none.</param>
internal sealed record Cell(string Text, string? Style = null)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// A table for people: no frame, so that a cell can be picked up with the mouse or with awk. On a terminal long cells
/// wrap in their column; elsewhere a row is always one line.
/// </summary>
internal sealed class Listing(params string[] columns)
{
    private readonly List<Cell[]> rows = [];

    /// <summary>What is said instead of an empty table.</summary>
    public string WhenEmpty { get; init; } = "none";

    public Listing Add(params Cell[] row)
    {
        rows.Add(row);
        return this;
    }

    /// <summary>Columns left free on the left.</summary>
    public int Indent { get; init; }

    public void Show(IAnsiConsole console)
    {
        if (rows.Count == 0)
        {
            console.Line(new string(' ', Indent) + WhenEmpty);
        }
        else if (console.CanRedraw())
        {
            console.Write(new Padder(ToTable(), new Padding(Indent, 0, 0, 0)));
        }
        else
        {
            ShowPlain(console);
        }
    }

    private Table ToTable()
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = columns.Any(c => c.Length > 0) };
        for (var i = 0; i < columns.Length; i++)
        {
            var last = i == columns.Length - 1;
            table.AddColumn(new TableColumn(new Text(columns[i], Style.Parse("bold"))) { Padding = new Padding(0, 0, last ? 0 : 2, 0), NoWrap = i == 0 });
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(c => new Text(c.Text, c.Style is null ? Style.Plain : Style.Parse(c.Style))));
        }

        return table;
    }

    private void ShowPlain(IAnsiConsole console)
    {
        var widths = columns.Select((c, i) => rows.Select(r => r[i].Text.Length).Append(c.Length).Max()).ToArray();
        if (columns.Any(c => c.Length > 0))
        {
            console.Line(OneLine(columns, widths));
        }

        foreach (var row in rows)
        {
            console.Line(OneLine(row.Select(c => c.Text.ReplaceLineEndings(" ")), widths));
        }
    }

    private string OneLine(IEnumerable<string> cells, int[] widths) =>
        new string(' ', Indent) + string.Join("  ", cells.Select((c, i) => c.PadRight(widths[i]))).TrimEnd();
}
