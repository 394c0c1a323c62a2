using Mano.Chaos.History;

namespace Mano.Mesh.Tests.Chaos;

/// <summary>The checker of histories, against good and bad ones written by hand. A checker that finds nothing proves nothing.</summary>
public sealed class HistoryTests
{
    [Fact]
    public void A_whole_life_fits() => Assert.Empty(AHistory.OfAStartedInstance()
        .Reads("STARTED", 6, 7)
        .Ok(Verb.Stop, 8, 9, "op-2").Ends("op-2", "OPERATE", "COMPLETED", 10, 11)
        .Refused(Verb.Delete, 11.5, 11.6, "ILLEGAL_STATE", "STOPPED")
        .Ok(Verb.Start, 12, 13, "op-3").Ends("op-3", "OPERATE", "COMPLETED", 14, 15)
        .Ok(Verb.Terminate, 16, 17, "op-4").Ends("op-4", "TERMINATE", "COMPLETED", 18, 19)
        .Ok(Verb.Delete, 20, 21)
        .Refused(Verb.Get, 22, 23, "APP_INSTANCE_NOT_FOUND")
        .Violations);

    [Fact]
    public void A_failed_operation_leaves_the_state_as_it_was() => Assert.Empty(new AHistory()
        .Ok(Verb.Create, 0, 1)
        .Ok(Verb.Instantiate, 2, 3, "op-1").Ends("op-1", "INSTANTIATE", "FAILED", 4, 5)
        .Reads("NOT_INSTANTIATED", 6, 7)
        .Ok(Verb.Instantiate, 8, 9, "op-2")
        .Violations);

    [Fact]
    public void A_termination_may_pre_empt_what_runs() => Assert.Empty(new AHistory()
        .Ok(Verb.Create, 0, 1)
        .Ok(Verb.Instantiate, 2, 3, "op-1")
        .Ok(Verb.Terminate, 3.5, 4, "op-2")
        .Ends("op-1", "INSTANTIATE", "FAILED", 5, 6)
        .Ends("op-2", "TERMINATE", "COMPLETED", 7, 8)
        .Reads("NOT_INSTANTIATED", 9, 10)
        .Violations);

    [Fact]
    public void A_read_that_overlaps_an_end_may_see_either_state()
    {
        foreach (var state in (string[])["NOT_INSTANTIATED", "STARTED"])
        {
            Assert.Empty(new AHistory()
                .Ok(Verb.Create, 0, 1)
                .Ok(Verb.Instantiate, 2, 3, "op-1")
                .Reads(state, 3.5, 4.5)
                .Ends("op-1", "INSTANTIATE", "COMPLETED", 4, 5)
                .Violations);
        }
    }

    [Fact]
    public void An_unanswered_call_may_have_happened_or_not()
    {
        Assert.Empty(new AHistory().Unanswered(Verb.Create, 0).Reads("NOT_INSTANTIATED", 2, 3).Violations);
        Assert.Empty(new AHistory().Unanswered(Verb.Create, 0).Refused(Verb.Get, 2, 3, "APP_INSTANCE_NOT_FOUND").Violations);
    }

    [Fact]
    public void A_refused_call_whose_first_attempt_got_no_answer_may_happen_later() => Assert.Empty(AHistory.OfAStartedInstance()
        .Ok(Verb.Stop, 6, 7, "op-2")
        .Refused(Verb.Terminate, 7, 8, "OPERATION_RUNNING", unclear: 1)
        .Ends("op-2", "OPERATE", "FAILED", 9, 10)
        .Ends("op-late", "TERMINATE", "COMPLETED", 11, 12)
        .Reads("NOT_INSTANTIATED", 13, 14)
        .Violations);

    [Fact]
    public void A_read_of_an_older_state_after_an_acknowledged_end_is_found() =>
        Assert.Equal(["ORDER"], AHistory.OfAStartedInstance().Reads("NOT_INSTANTIATED", 6, 7).Violations);

    [Fact]
    public void A_state_that_nobody_asked_for_is_found() =>
        Assert.Equal(["ORDER"], new AHistory().Ok(Verb.Create, 0, 1).Reads("STARTED", 2, 3).Violations);

    [Fact]
    public void A_state_that_comes_back_by_itself_is_found() => Assert.Equal(["ORDER"], AHistory.OfAStartedInstance()
        .Ok(Verb.Stop, 6, 7, "op-2").Ends("op-2", "OPERATE", "COMPLETED", 8, 9)
        .Reads("STOPPED", 10, 11)
        .Reads("STARTED", 12, 13)
        .Violations);

    [Fact]
    public void Two_operations_at_once_are_found() => Assert.Equal(["ORDER"], AHistory.OfAStartedInstance()
        .Ok(Verb.Stop, 6, 7, "op-2")
        .Ok(Verb.Start, 8, 9, "op-3")
        .SeesAtWork("op-2", 10, 11)
        .Ends("op-2", "OPERATE", "COMPLETED", 12, 13)
        .Violations);

    [Fact]
    public void An_operation_that_is_at_work_after_its_end_was_seen_is_found() => Assert.Equal(["ORDER"], AHistory.OfAStartedInstance()
        .SeesAtWork("op-1", 6, 7).Violations);

    [Fact]
    public void A_lost_operation_is_found() => Assert.Equal(["ORDER"], AHistory.OfAStartedInstance()
        .Ok(Verb.Terminate, 6, 7, "op-2")
        .Reads("STARTED", 8, 9)
        .Ok(Verb.Stop, 10, 11, "op-3")
        .Ends("op-3", "OPERATE", "COMPLETED", 12, 13)
        .Violations);

    [Fact]
    public void A_deleted_instance_that_is_read_again_is_found() => Assert.Equal(["ORDER"], new AHistory()
        .Ok(Verb.Create, 0, 1).Ok(Verb.Delete, 2, 3).Reads("NOT_INSTANTIATED", 4, 5).Violations);

    [Fact]
    public void An_acknowledged_instance_that_is_not_there_is_found() =>
        Assert.Equal(["ORDER"], new AHistory().Ok(Verb.Create, 0, 1).Refused(Verb.Get, 2, 3, "APP_INSTANCE_NOT_FOUND").Violations);

    [Fact]
    public void A_refusal_because_of_an_operation_when_none_can_run_is_found() =>
        Assert.Equal(["ORDER"], AHistory.OfAStartedInstance().Refused(Verb.Stop, 6, 7, "OPERATION_RUNNING").Violations);

    [Fact]
    public void A_refusal_that_names_a_wrong_state_is_found() =>
        Assert.Equal(["ORDER"], AHistory.OfAStartedInstance().Refused(Verb.Start, 6, 7, "ILLEGAL_STATE", "STOPPED").Violations);

    [Fact]
    public void An_operation_that_nobody_asked_for_is_found() => Assert.Equal(["UNASKED"], AHistory.OfAStartedInstance()
        .Ends("op-9", "TERMINATE", "COMPLETED", 6, 7).Violations);

    [Fact]
    public void An_operation_that_ends_in_two_ways_is_found() => Assert.Contains("END_CHANGED", AHistory.OfAStartedInstance()
        .Ends("op-1", "INSTANTIATE", "FAILED", 6, 7).Violations);

    [Fact]
    public void One_key_with_two_operations_is_found() => Assert.Contains("KEY_TWICE", AHistory.OfAStartedInstance()
        .Ok(Verb.Stop, 6, 7, "op-2", "k").Ok(Verb.Stop, 8, 9, "op-3", "k", replay: true).Violations);

    [Fact]
    public void One_operation_under_two_keys_is_found() => Assert.Contains("OPERATION_SHARED", AHistory.OfAStartedInstance()
        .Ok(Verb.Stop, 6, 7, "op-2", "k").Ok(Verb.Stop, 8, 9, "op-2", "other", replay: true).Violations);

    [Fact]
    public void A_key_that_was_forgotten_is_found() => Assert.Equal(["KEY_FORGOTTEN"], AHistory.OfAStartedInstance()
        .Refused(Verb.Instantiate, 6, 7, "ILLEGAL_STATE", "STARTED", replay: true).Violations);

    [Fact]
    public void A_host_that_is_promised_beyond_what_it_has_is_found() =>
        Assert.Equal(["OVER_PROMISED"], new AHistory().Held("h", 8000, 8000, 1).Held("h", 10000, 8000, 2).Violations);

    [Fact]
    public void A_host_that_is_filled_beyond_what_it_has_is_found()
    {
        var history = AHistory.OfAStartedInstance().Compute("h", "i-1", 6000, 4);
        Assert.Empty(history.Violations);
        Assert.Contains("OVER_CAPACITY", history.Compute("h", "i-2", 4000, 5).Violations);
    }

    [Fact]
    public void A_compute_that_is_made_more_often_than_asked_for_is_found() => Assert.Equal(["MADE_TWICE"], AHistory.OfAStartedInstance()
        .Compute("h", "i-1", 2000, 4).Compute("h", "i-1", 0, 5).Compute("h", "i-1", 2000, 6).Violations);

    [Fact]
    public void An_instance_in_two_places_at_once_is_found() => Assert.Equal(["IN_TWO_PLACES"], AHistory.OfAStartedInstance()
        .Ok(Verb.Terminate, 6, 7, "op-2").Ends("op-2", "TERMINATE", "COMPLETED", 8, 9)
        .Ok(Verb.Instantiate, 10, 11, "op-3")
        .Compute("h", "i-1", 2000, 4).Compute("other", "i-1", 2000, 11).Compute("h", "i-1", 0, 12).Violations);

    [Fact]
    public void A_history_is_the_same_after_it_was_written_and_read()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = new HistoryFile(path))
            {
                file.Add(new() { At = 0, Said = Said.Ok, Verb = Verb.Stop, Client = "c", Call = 7, Instance = "i", Key = "k", Operation = "o", Unclear = 2 });
            }

            var read = Assert.Single(HistoryFile.Read(path));
            Assert.Equal(("c", 7L, "i", "k", "o", 2, Verb.Stop, Said.Ok), (read.Client, read.Call, read.Instance, read.Key, read.Operation, read.Unclear, read.Verb, read.Said));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
