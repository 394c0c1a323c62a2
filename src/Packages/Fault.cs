namespace Mano.Packages;

/// <summary>One thing that is wrong, or odd, with a package or a descriptor.</summary>
/// <param name="Severity">An error refuses the package; a warning stays on its record.</param>
/// <param name="Rule">A stable word for programs, in kebab case: <c>digest-mismatch</c>, <c>missing-file</c>, …</param>
/// <param name="File">Where: a path in the package as the archive spells it, <c>outer.zip!inner.yaml</c> for a file of a
/// nested archive, empty for a bare descriptor.</param>
/// <param name="Path">Where in that file, as the file spells it: <c>topology_template.node_templates.x.properties</c>.
/// Empty: the file as a whole.</param>
/// <param name="Line">Line of that element, 1-based; 0 when it has none.</param>
/// <param name="Message">A sentence: what is wrong and what would be right.</param>
public sealed record Fault(FaultSeverity Severity, string Rule, string File, string Path, int Line, string Message)
{
    /// <summary>File, line and path in one, for people: <c>Definitions/app.yaml:12 topology_template…</c>.</summary>
    public string Location
    {
        get
        {
            var file = Line > 0 && File.Length > 0 ? $"{File}:{Line}" : Line > 0 && Path.Length == 0 ? $"line {Line}" : File;
            return file.Length == 0 ? Path : Path.Length == 0 ? file : $"{file} {Path}";
        }
    }

    public override string ToString() =>
        Location.Length == 0 ? Message : $"{Location}: {Message}";
}

/// <summary>How grave a fault is.</summary>
public enum FaultSeverity
{
    /// <summary>Accepted, and kept on the record.</summary>
    Warning,

    /// <summary>Refused.</summary>
    Error,
}
