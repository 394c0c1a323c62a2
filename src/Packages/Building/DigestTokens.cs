using System.Text;
using System.Text.RegularExpressions;
using Mano.Packages.Documents;

namespace Mano.Packages.Building;

/// <summary>
/// A descriptor states digest and size of its software image, which change with every build of the software. In a
/// folder it may write <c>@sha256:path</c> and <c>@size:path</c> instead; they become the values here.
/// </summary>
internal static partial class DigestTokens
{
    internal static void Fill(FolderFiles files, FaultList faults)
    {
        foreach (var path in files.Paths.Where(IsDescriptor))
        {
            var text = Encoding.UTF8.GetString(files.Content(path));
            var filled = Token().Replace(text, match => Value(match, path, files, faults));
            if (filled != text)
            {
                files.Replace(path, Encoding.UTF8.GetBytes(filled));
            }
        }
    }

    private static string Value(Match match, string path, FolderFiles files, FaultList faults)
    {
        var target = match.Groups["path"].Value;
        if (!files.Has(target))
        {
            faults.Error("missing-file", new Place(path, match.Value, 0), $"The descriptor asks for the digest of {target}, which the folder does not have. Was the software built?");
            return match.Value;
        }

        return match.Groups["what"].Value == "sha256" ? files.Sha256(target) : $"{files.Size(target)} B";
    }

    private static bool IsDescriptor(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("@(?<what>sha256|size):(?<path>[A-Za-z0-9_./+-]+)")]
    private static partial Regex Token();
}
