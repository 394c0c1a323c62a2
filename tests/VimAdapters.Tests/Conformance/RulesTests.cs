using System.Reflection;
using System.Text.RegularExpressions;
using Mano.Vim.V1;
using Mano.VimAdapters.Conformance;

namespace Mano.VimAdapters.Tests.Conformance;

/// <summary>The kit proves the contract as it is written: every rule it quotes is there, and every row of the tables of errors is proved or said to be out of reach.</summary>
public sealed partial class RulesTests
{
    private static readonly ContractRule[] All =
        [.. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<ContractRule>(), .. Rules.NotProvoked.Keys];

    private static readonly ContractRule[] Proved = [.. VimConformance.Checks.SelectMany(c => c.Rules).Distinct()];

    [Fact]
    public void Every_rule_is_in_the_contract_word_for_word() => Assert.Equal([], All.Where(r => r.Place.EndsWith(":0", StringComparison.Ordinal)).Select(r => $"{r.Where}: {r.Text}"));

    [Fact]
    public void Every_rule_that_is_written_down_is_proved_by_a_check() =>
        Assert.Equal([], All.Except(Rules.NotProvoked.Keys).Except(Proved).Select(r => r.ToString()));

    [Fact]
    public void Every_row_of_every_table_of_errors_is_proved_or_said_to_be_out_of_reach()
    {
        var covered = Proved.Concat(Rules.NotProvoked.Keys).Select(r => r.Place).ToHashSet();
        var rows = VimAdapterService.Descriptor.Methods.Select(m => m.Name).Append("")
            .SelectMany(call => ContractText.CommentOf(call).Where(l => Row().IsMatch(l.Text)).Select(l => (Call: call, l.Number, l.Text)))
            .ToArray();
        Assert.True(rows.Length > 40, $"only {rows.Length} rows were found");
        Assert.Equal([], rows.Where(r => !covered.Contains($"vim.proto:{r.Number}")).Select(r => $"{r.Call}, line {r.Number}: {r.Text}"));
    }

    [Fact]
    public void Every_check_has_a_name_and_a_sentence_of_its_own()
    {
        Assert.Equal(VimConformance.Checks.Count, VimConformance.Checks.Select(c => c.Name).Distinct().Count());
        Assert.Equal(VimConformance.Checks.Count, VimConformance.Checks.Select(c => c.Sentence).Distinct().Count());
        Assert.All(VimConformance.Checks, c => Assert.Matches("^[a-z]+\\.[a-z-]+$", c.Name));
        Assert.All(VimConformance.Checks, c => Assert.NotEmpty(c.Rules));
    }

    [Theory]
    [InlineData("keys.*", "keys.")]
    [InlineData("NUMBERS.late", "numbers.late-")]
    [InlineData("networks.*ensure", "networks.")]
    public void A_pattern_picks_checks_by_name(string pattern, string start)
    {
        var picked = VimConformance.Matching([pattern]);
        Assert.NotEmpty(picked);
        Assert.All(picked, c => Assert.StartsWith(start, c.Name, StringComparison.Ordinal));
    }

    // A row has a code in its second cell; its continuation and the head of the table have none.
    [GeneratedRegex(@"^\|[^|]+\| [A-Z]+(_[A-Z]+)*( \(retryable\))? +\|")]
    private static partial Regex Row();
}
