using System.Text.RegularExpressions;
using Mano.Testing;
using Mano.Vim.V1;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.VimAdapters.Tests.Contract;

/// <summary>No call of the VIM contract is forgotten: in the table of docs/theory/idempotency.md, in C#, and among the calls that can be made to fail.</summary>
public sealed partial class EveryVimCallTests
{
    private static readonly string[] Calls = [.. VimAdapterService.Descriptor.Methods.Select(m => m.Name).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_call_says_in_the_table_how_it_repeats() => Assert.Equal(Calls, Table().Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void What_reads_is_named_so_and_nothing_else_is() =>
        Assert.All(Table(), line => Assert.Equal(ReadingName().IsMatch(line.Key), line.Value == "reads"));

    [Fact]
    public void What_goes_by_number_has_one_and_nothing_else_has() => Assert.All(Table(), line => Assert.Equal(
        VimAdapterService.Descriptor.FindMethodByName(line.Key).InputType.FindFieldByName("operation_number") is not null,
        line.Value.StartsWith("number:", StringComparison.Ordinal)));

    [Fact]
    public void Every_call_is_one_of_the_contract_in_CSharp() => Assert.Equal(
        Calls.Select(c => c + "Async").Order(StringComparer.Ordinal), typeof(IVimAdapter).GetMethods().Select(m => m.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_call_can_be_made_to_fail_by_a_simulated_VIM() => Assert.Equal(Calls, Enum.GetNames<VimCall>().Order(StringComparer.Ordinal));

    private static Dictionary<string, string> Table() => Line()
        .Matches(File.ReadAllText(Path.Combine(Repository.Folder, "docs", "theory", "idempotency.md")))
        .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex(@"^\| `VimAdapterService/(\w+)` \| (.+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex("^(Get|List|Watch|Read|Check)")]
    private static partial Regex ReadingName();
}
