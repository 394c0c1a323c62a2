namespace Mano.Packages.Csar;

/// <summary>Paths inside a package.</summary>
internal static class PackagePath
{
    /// <summary>Without . and .. segments; null when it leads out of the package.</summary>
    internal static string? Resolve(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count == 0)
            {
                return null;
            }
            else
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return string.Join('/', parts);
    }
}
