namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>Words for sh. Between single quotes nothing has a meaning but the single quote.</summary>
internal static class ShellText
{
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));
}
