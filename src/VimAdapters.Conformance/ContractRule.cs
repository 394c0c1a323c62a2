namespace Mano.VimAdapters.Conformance;

/// <summary>A rule of the contract, as the protos write it.</summary>
/// <param name="Where">The call whose comment it stands in; empty: the rules for every call; <c>compute.proto</c>: that file.</param>
/// <param name="Text">Its words, white space aside; the cells of a table with <c>|</c> between them.</param>
public sealed record ContractRule(string Where, string Text)
{
    /// <summary><c>vim.proto:31</c>.</summary>
    public string Place => $"{ContractText.FileOf(Where)}:{ContractText.LineOf(this)}";

    /// <summary>For people: <c>vim.proto:104, EnsureCompute: "key exists with another spec → ALREADY_EXISTS"</c>.</summary>
    public override string ToString() =>
        $"{Place}{(Where.Length == 0 || Where.EndsWith(".proto", StringComparison.Ordinal) ? "" : $", {Where}")}: \"{Text.Replace(" | ", " → ", StringComparison.Ordinal)}\"";
}
