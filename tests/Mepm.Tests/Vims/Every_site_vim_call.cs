using System.Text.RegularExpressions;
using Mano.Site.V1;
using Mano.Testing;

namespace Mano.Mepm.Tests.Vims;

/// <summary>No call is forgotten in the table of docs/theory/idempotency.md.</summary>
public sealed partial class Every_site_vim_call
{
    [Fact]
    public void Says_in_the_table_how_it_repeats()
    {
        var table = Line().Matches(File.ReadAllText(Path.Combine(Repository.Folder, "docs", "theory", "idempotency.md"))).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

        Assert.Equal(SiteVimService.Descriptor.Methods.Select(m => m.Name).Order(StringComparer.Ordinal), table.Keys.Order(StringComparer.Ordinal));
        Assert.All(table, row => Assert.Equal(row.Key.StartsWith("List", StringComparison.Ordinal) || row.Key.StartsWith("Test", StringComparison.Ordinal), row.Value == "reads"));
    }

    [GeneratedRegex(@"^\| `SiteVimService/(\w+)` \| (.+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
