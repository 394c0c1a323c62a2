using System.Text;

namespace Mano.Packages.Tests.Documents;

/// <summary>Texts that cannot, or must not, be read.</summary>
public sealed class DocumentTests
{
    [Fact]
    public void Aliases_that_multiply_are_refused_before_they_are_followed()
    {
        // Each level names the one before ten times: ten to the ninth values in 400 bytes.
        var text = new StringBuilder("a0: &a0 x\n");
        for (var i = 1; i < 10; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("more than 100000 values", Refused(text.ToString()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public void Absurd_nesting_is_refused(char open, char close)
    {
        var json = open == '['
            ? new string('[', 100_000) + new string(']', 100_000)
            : string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string(close, 100_000);

        Assert.NotEmpty(Refused(json));
        Assert.NotEmpty(Refused("a: " + new string(open, 5_000)));
        Assert.Contains("64 levels", Refused("a: " + new string('[', 100) + new string(']', 100)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: *b\n", "names no anchor")]
    [InlineData("a: &x [*x]\n", "names no anchor")]
    [InlineData("a: 1\na: 2\n", "stands here twice")]
    [InlineData("{\"a\": 1, \"a\": 2}", "stands here twice")]
    [InlineData("appName: a\napp_name: b\n", "in two spellings")]
    [InlineData("a: 1\n---\nb: 2\n", "A second document")]
    [InlineData("? [a]\n: b\n", "keys are texts")]
    [InlineData("a:\n\tb: 1\n", "A tab stands")]
    [InlineData("a: [1, 2\n", "cannot be read")]
    [InlineData("{\"a\": 1,}", "cannot be read")]
    [InlineData("{\"a\": 1} x", "cannot be read")]
    [InlineData("{\"a\": \"\\ud800\"}", "cannot be read")]
    [InlineData("", "is empty")]
    [InlineData("   \n", "is empty")]
    public void A_text_that_is_wrong_is_refused_with_the_reason(string text, string reason) => Assert.Contains(reason, Refused(text), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused() =>
        Assert.Contains("not UTF-8", string.Join('\n', Descriptor.Read([0x61, 0x3A, 0x20, 0xFF, 0xFE]).Errors), StringComparison.Ordinal);

    [Fact]
    public void A_tab_inside_a_text_of_several_lines_is_no_fault() => Descriptor.Accepted(
        Samples.Tosca.Replace("description: Counts", "description: |\n  Counts\n  \tand more\n", StringComparison.Ordinal));

    [Fact]
    public void A_descriptor_over_the_limit_is_refused_unread() =>
        Assert.Contains("at most", Refused("a: " + new string('x', 5 << 20)), StringComparison.Ordinal);

    [Fact]
    public void Errors_carry_their_line() =>
        Assert.Equal(6, Descriptor.Read("appDId: x\nappName: x\nappProvider: x\nappSoftVersion: x\nappDVersion: x\nmecVersion: y\n").Errors.Single(f => f.Path == "mecVersion").Line);

    [Fact]
    public void Faults_are_bounded_and_errors_are_never_hidden_by_warnings()
    {
        var text = "appDId: x\n" + string.Concat(Enumerable.Range(0, 1000).Select(i => $"unknown{i}: x\n"));

        var reading = Descriptor.Read(text);

        Assert.Equal(201, reading.Faults.Count);
        Assert.Contains(reading.Errors, f => f.Message.Contains("appName", StringComparison.Ordinal));
        Assert.Contains("more faults are not listed", reading.Faults[^1].Message, StringComparison.Ordinal);
    }

    private static string Refused(string text)
    {
        var reading = Descriptor.Read(text);
        Assert.Null(reading.Content);
        return string.Join('\n', reading.Errors.Select(e => e.Message));
    }
}
