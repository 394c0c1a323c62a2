using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Tests;

public sealed class NamingTests
{
    private static readonly (string Id, string Name)[] Things =
    [
        ("019aa3b2-4f1c-7aaa-8000-000000000001", "hello"),
        ("019aa3b2-4f1c-7bbb-8000-000000000002", "hello-2"),
        ("019aa3b3-0000-7ccc-8000-000000000003", ""),
    ];

    [Theory]
    [InlineData("hello", 0)]
    [InlineData("hello-2", 1)]
    [InlineData("019aa3b3", 2)]
    [InlineData("019AA3B2-4F1C-7B", 1)]
    [InlineData("019aa3b2-4f1c-7aaa-8000-000000000001", 0)]
    public void A_name_an_id_or_its_beginning_means_one_thing(string asked, int expected) => Assert.Equal(Things[expected], Pick(asked));

    [Fact]
    public void What_means_nothing_is_not_found_and_the_sentence_lists_what_there_is()
    {
        var failure = Assert.Throws<FailureException>(() => Pick("nobody")).Failure;
        Assert.Equal(FailureKind.NotFound, failure.Kind);
        Assert.Contains("There is no thing 'nobody'; there are: hello (019aa3b2-4f1c-7aaa", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_means_two_things_asks_for_more()
    {
        var failure = Assert.Throws<FailureException>(() => Pick("019aa3b2")).Failure;
        Assert.Equal(ExitCode.Usage, Sentences.ToExitCode(failure));
        Assert.Contains("means 2 things", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Three_characters_are_too_few_to_be_the_beginning_of_an_id() => Assert.Throws<FailureException>(() => Pick("019"));

    [Fact]
    public void Short_ids_are_just_long_enough_to_differ()
    {
        var shortId = Words.ShortIds(Things.Select(t => t.Id));
        Assert.Equal(3, Things.Select(t => shortId(t.Id)).Distinct().Count());
        Assert.Equal("019aa3b2-4f1c-7a", shortId(Things[0].Id));
        Assert.Equal("12345678", Words.ShortIds(["12345678-1"])("12345678-1"));
    }

    private static (string Id, string Name) Pick(string asked) => Naming.Pick("thing", asked, Things, t => t.Id, t => t.Name);
}
