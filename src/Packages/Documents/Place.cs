namespace Mano.Packages.Documents;

/// <summary>Where a value stands: file, path as the file spells it, line.</summary>
internal readonly record struct Place(string File, string Path, int Line)
{
    internal Place Child(string key, int line) => this with { Path = Path.Length == 0 ? key : $"{Path}.{key}", Line = line };

    internal Place Item(int index, int line) => this with { Path = $"{Path}[{index}]", Line = line };
}
