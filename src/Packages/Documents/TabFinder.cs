namespace Mano.Packages.Documents;

/// <summary>Finds lines whose white space at the start holds a tab, leaving out those inside a text of several lines.</summary>
internal sealed class TabFinder
{
    private const int MostReported = 20;
    private readonly SortedSet<int> _lines = [];

    internal TabFinder(string text)
    {
        var line = 0;
        foreach (var content in text.AsSpan().EnumerateLines())
        {
            line++;
            var blank = content.IndexOfAnyExcept(' ', '\t');
            if ((blank < 0 ? content : content[..blank]).Contains('\t'))
            {
                _lines.Add(line);
            }
        }
    }

    internal IEnumerable<int> Lines => _lines.Take(MostReported);

    /// <summary>Lines inside a scalar (block or quoted) may begin with anything.</summary>
    internal void Skip(long first, long last, long lastColumn)
    {
        if (last > first && _lines.Count > 0)
        {
            // A block scalar's end is marked at the start of the line after it, which is not part of it.
            var end = lastColumn <= 1 ? last - 1 : last;
            _lines.RemoveWhere(l => l > first && l <= end);
        }
    }
}
