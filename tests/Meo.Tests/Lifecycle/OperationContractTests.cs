using Mano.Meo.Lifecycle;
using Mano.Meo.Lifecycle.Operations;
using Mano.Mesh.State;
using Mano.Testing;
using Mano.Testing.Operations;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>Every fault in every step of an instantiation ends completed, or with nothing left anywhere.</summary>
public sealed class InstantiateAppOperationTests
{
    [Fact]
    public Task Undisturbed_it_completes() => new Contract().Undisturbed_it_completes();

    [Fact]
    public Task Every_fault_in_a_step_ends_completed_or_in_a_clean_slate() => new Contract().Every_fault_in_a_step_ends_completed_or_in_a_clean_slate();

    [Fact]
    public Task Every_fault_in_an_undo_ends_in_a_clean_slate() => new Contract().Every_fault_in_an_undo_ends_in_a_clean_slate();

#pragma warning disable xUnit1000 // run through the public class: the operation is internal, and so must its contract be
    private sealed class Contract : OperationContract<InstantiateAppOperation, InstantiateApp>
#pragma warning restore xUnit1000
    {
        protected override async Task<OperationWorld<InstantiateAppOperation, InstantiateApp>> NewWorld(IStateStore store, ManualClock clock)
        {
            var (story, together) = await OperationStory.Accepted(store, clock);
            return new()
            {
                Operation = new(story.Instances, story.Holds, story.Grants, story.Steps, clock),
                Input = OperationStory.Instantiate,
                Together = together,
                CleanSlate = story.NothingLeft,
                Done = story.AllThere(AppInstanceState.Started),
            };
        }
    }
}

/// <summary>Every fault in every step of a stop ends stopped, or running as before.</summary>
public sealed class OperateAppOperationTests
{
    [Fact]
    public Task Undisturbed_it_completes() => new Contract().Undisturbed_it_completes();

    [Fact]
    public Task Every_fault_in_a_step_ends_completed_or_in_a_clean_slate() => new Contract().Every_fault_in_a_step_ends_completed_or_in_a_clean_slate();

    [Fact]
    public Task Every_fault_in_an_undo_ends_in_a_clean_slate() => new Contract().Every_fault_in_an_undo_ends_in_a_clean_slate();

#pragma warning disable xUnit1000 // as above
    private sealed class Contract : OperationContract<OperateAppOperation, OperateApp>
#pragma warning restore xUnit1000
    {
        protected override async Task<OperationWorld<OperateAppOperation, OperateApp>> NewWorld(IStateStore store, ManualClock clock)
        {
            var story = await OperationStory.Instantiated(store, clock);
            return new()
            {
                Operation = new(story.Instances, story.Steps, clock),
                Input = new(
                    OperationStory.Instance, "hello", World.SamplePackages.HelloId, Generation: 3, OperationStory.At, story.Grant, Start: false, TimeSpan.Zero),
                CleanSlate = story.AllThere(AppInstanceState.Started),
                Done = story.AllThere(AppInstanceState.Stopped),
            };
        }
    }
}

/// <summary>Every fault in giving up an instance ends with everything given back here, and one debt.</summary>
public sealed class ForceTerminateAppOperationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_with_everything_given_back_and_one_debt_whatever_happens(bool delete)
    {
        var contract = new Contract(delete);
        await contract.Undisturbed_it_completes();
        await contract.Every_fault_in_a_step_ends_completed_or_in_a_clean_slate();
    }

#pragma warning disable xUnit1000 // as above
    private sealed class Contract(bool delete) : OperationContract<ForceTerminateAppOperation, ForceTerminateApp>
#pragma warning restore xUnit1000
    {
        protected override async Task<OperationWorld<ForceTerminateAppOperation, ForceTerminateApp>> NewWorld(IStateStore store, ManualClock clock)
        {
            var story = await OperationStory.Instantiated(store, clock);
            return new()
            {
                Operation = new(story.Instances, story.Holds, story.Grants, clock),
                Input = new(OperationStory.Instance, Generation: 3, OperationStory.At, delete, "a test"),
                CleanSlate = story.GivenUp(delete),
                Done = story.GivenUp(delete),
            };
        }
    }
}

/// <summary>Every fault in every step of a termination ends with nothing left anywhere; it only goes forward.</summary>
public sealed class TerminateAppOperationTests
{
    [Fact]
    public Task Undisturbed_it_completes() => new Contract().Undisturbed_it_completes();

    [Fact]
    public Task Every_fault_in_a_step_ends_completed_or_in_a_clean_slate() => new Contract().Every_fault_in_a_step_ends_completed_or_in_a_clean_slate();

#pragma warning disable xUnit1000 // as above
    private sealed class Contract : OperationContract<TerminateAppOperation, TerminateApp>
#pragma warning restore xUnit1000
    {
        protected override async Task<OperationWorld<TerminateAppOperation, TerminateApp>> NewWorld(IStateStore store, ManualClock clock)
        {
            var story = await OperationStory.Instantiated(store, clock);
            return new()
            {
                Operation = new(story.Instances, story.Holds, story.Grants, story.Steps, clock),
                Input = new(OperationStory.Instance, Generation: 3, "edge-a", TimeSpan.Zero),
                CleanSlate = story.NothingLeft,
                Done = story.NothingLeft,
            };
        }
    }
}
