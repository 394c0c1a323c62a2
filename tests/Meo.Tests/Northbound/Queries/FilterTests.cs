using Google.Protobuf.WellKnownTypes;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Meo.Tests.Northbound.Queries;

/// <summary>Filters over what is listed: what they let pass, and what they say when they are wrong.</summary>
public sealed class FilterTests
{
    private static readonly Operation AnOperation = new()
    {
        OperationId = "0199-a",
        AppInstanceId = "4f",
        Kind = Operation.Types.Kind.Instantiate,
        State = Operation.Types.State.Completed,
        StartTime = Timestamp.FromDateTimeOffset(DateTimeOffset.Parse("2026-11-21T13:00:00Z", System.Globalization.CultureInfo.InvariantCulture)),
        Revision = 7,
        Steps =
        {
            new Step { Name = "capacity", State = StepState.Succeeded, Attempts = 1 },
            new Step { Name = "site", State = StepState.Failed, Attempts = 3 },
        },
        Placement = new() { HostId = "edge-a-1", SiteId = "edge-a", Candidates = { new Candidate { HostId = "edge-a-1", Score = 0.75 } } },
    };

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("operation_id = 0199-a")]
    [InlineData("operation_id = \"0199-a\"")]
    [InlineData("operation_id='0199-a'")]
    [InlineData("operation_id = 0199*")]
    [InlineData("operation_id = *-a")]
    [InlineData("operation_id = \"*99*\"")]
    [InlineData("operation_id != other")]
    [InlineData("operation_id > 0198 AND operation_id < 02")]
    [InlineData("state = COMPLETED")]
    [InlineData("state = STATE_COMPLETED")]
    [InlineData("state != FAILED")]
    [InlineData("state:COMPLETED")]
    [InlineData("start_time = 2026-11-21T13:00:00Z")]
    [InlineData("start_time >= 2026-11-21T14:00:00+01:00")]
    [InlineData("start_time > \"2026-11-21T12:59:59.999999Z\"")]
    [InlineData("revision = 7 AND revision >= 7 AND revision <= 7 AND revision != 8")]
    [InlineData("cancel_pending = false")]
    [InlineData("NOT cancel_pending:*")]
    [InlineData("start_time:* AND NOT failure:* AND NOT deadline:*")]
    [InlineData("placement.site_id = edge-a")]
    [InlineData("steps.name:site")]
    [InlineData("steps.attempts:3 AND steps.attempts:1")]
    [InlineData("placement.candidates.score:0.75")]
    [InlineData("(state = FAILED OR (kind = INSTANTIATE))")]
    [InlineData("-(state = FAILED)")]
    [InlineData("NOT NOT state = COMPLETED")]
    [InlineData("state = FAILED AND revision = 8 OR revision = 7", false)] // OR binds tighter: FAILED and (8 or 7)
    [InlineData("revision = 8 OR revision = 7 AND state = COMPLETED")]
    [InlineData("start_time < 2026-11-21T13:00:00Z", false)]
    [InlineData("steps.name:other", false)]
    [InlineData("failure.reason != X", false)] // what is absent is not compared
    [InlineData("deadline > 2000-01-01T00:00:00Z", false)]
    [InlineData("operation_id = \"0199\\*\"", false)] // an asterisk that is meant
    public void Filter_lets_pass_what_it_says(string filter, bool passes = true) =>
        Assert.Equal(passes, Filter.Parse(Operation.Descriptor, filter).Lets(AnOperation));

    [Fact]
    public void Maps_are_asked_for_keys_and_for_values()
    {
        var package = new AppPackage { AppPackageId = "p", UserDefinedData = { ["color"] = "blue", ["a.b"] = "c" } };
        foreach (var holds in new[] { "user_defined_data:color", "user_defined_data.color = blue", "user_defined_data.color:*", "user_defined_data:*", "user_defined_data.`a.b` = c" })
        {
            Assert.True(Filter.Parse(AppPackage.Descriptor, holds).Lets(package), holds);
        }

        foreach (var fails in new[] { "user_defined_data:size", "user_defined_data.size = blue", "user_defined_data.color != blue" })
        {
            Assert.False(Filter.Parse(AppPackage.Descriptor, fails).Lets(package), fails);
        }
    }

    [Fact]
    public void Durations_and_large_numbers_are_exact()
    {
        var replica = new Replica { Silent = new() { Seconds = 1, Nanos = 500_000_000 } };
        Assert.True(Filter.Parse(Replica.Descriptor, "silent = 1.5s AND silent > 1s AND silent < 20s").Lets(replica));
        var host = new Mano.Inventory.V1.Site { Hosts = { new MecHost { LatencyNs = long.MaxValue } } };
        Assert.True(Filter.Parse(Mano.Inventory.V1.Site.Descriptor, "hosts.latency_ns:9223372036854775807").Lets(host));
        Assert.False(Filter.Parse(Mano.Inventory.V1.Site.Descriptor, "hosts.latency_ns:9223372036854775806").Lets(host));
    }

    [Theory]
    [InlineData("stat = COMPLETED", 1, "\"stat\" is no field of Operation; those are operation_id, app_instance_id, kind, state,")]
    [InlineData("state = COMPLETED AND placement.sit = x", 23, "\"sit\" is no field of PlacementDecision; those are host_id, site_id,")]
    [InlineData("operation_id.x = 1", 1, "operation_id has no fields of its own")]
    [InlineData("state = COMPLETE", 9, "one of STATE_UNSPECIFIED, STATE_STARTING, STATE_PROCESSING, STATE_COMPLETED,")]
    [InlineData("state > COMPLETED", 7, "has no order")]
    [InlineData("revision = seven", 12, "a whole number such as 42")]
    [InlineData("start_time > yesterday", 14, "RFC 3339")]
    [InlineData("cancel_pending = yes", 18, "true or false")]
    [InlineData("steps.name = site", 12, "steps.name:site asks whether one of them is that")]
    [InlineData("placement = x", 11, "placement:* asks whether it is there")]
    [InlineData("state", 6, "was expected after state")]
    [InlineData("state == COMPLETED", 8, "a single = compares")]
    [InlineData("state = ", 9, "a value was expected")]
    [InlineData("(state = COMPLETED", 19, "for the '(' of column 1")]
    [InlineData("state = COMPLETED)", 18, "closes nothing")]
    [InlineData("state = COMPLETED kind = TERMINATE", 19, "AND, OR or the end was expected")]
    [InlineData("state = COMPLETED AND", 22, "the filter ends where a field was expected")]
    [InlineData("AND state = COMPLETED", 1, "the name of a field, NOT or '(' was expected")]
    [InlineData("operation_id = \"x", 16, "no \" at its end")]
    [InlineData("operation_id = 'x\\", 16, "no ' at its end")]
    [InlineData("\"hello\"", 1, "the name of a field")]
    [InlineData("a..b = 1", 1, "is no path")]
    public void Wrong_filter_says_the_column_and_what_is_right(string filter, int column, string right)
    {
        var failure = Assert.Throws<FailureException>(() => Filter.Parse(Operation.Descriptor, filter)).Failure;
        Assert.Equal((FailureKind.InvalidInput, "BAD_FILTER", "filter"), (failure.Kind, failure.Reason, Assert.Single(failure.Faults).Path));
        Assert.Contains($"wrong at column {column}:", failure.Message, StringComparison.Ordinal);
        Assert.Contains(right, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Filter_is_bounded()
    {
        Refuses($"operation_id = {new string('x', Filter.MostLetters)}", "letters");
        Refuses(string.Concat(Enumerable.Repeat("NOT ", 100)) + "revision = 1", "in one another");
        Refuses(new string('(', 300) + "revision = 1", "in one another");
        Refuses(string.Join(" OR ", Enumerable.Repeat("revision = 1", Filter.MostComparisons + 1)), "comparisons");
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_never_a_bug()
    {
        var random = new Random(7);
        const string letters = "aA_.:=<>!()\"'\\* -0tsZNOTANDR`,revision state steps.name";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => letters[random.Next(letters.Length)]));
            try
            {
                Filter.Parse(Operation.Descriptor, text).Lets(AnOperation);
            }
            catch (FailureException refused) when (refused.Failure.Reason == "BAD_FILTER")
            {
                // As it should be.
            }
        }
    }

    private static void Refuses(string filter, string why) => Assert.Contains(
        why, Assert.Throws<FailureException>(() => Filter.Parse(Operation.Descriptor, filter)).Failure.Message, StringComparison.Ordinal);
}
