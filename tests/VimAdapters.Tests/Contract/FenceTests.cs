using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Tests.Contract;

public sealed class FenceTests
{
    [Fact]
    public void Lower_numbers_are_stale_and_the_same_one_is_a_repetition()
    {
        var fence = new Fence().Saw(5);
        Assert.NotNull(fence.RefuseEnsure("a", 4));
        Assert.Null(fence.RefuseEnsure("a", 5));
        Assert.Null(fence.RefuseEnsure("a", 6));
        Assert.Equal(5, fence.Saw(3).Last);
    }

    [Fact]
    public void A_delete_seals_its_number_and_those_below()
    {
        var fence = new Fence().Saw(5).Powered(6, PowerState.Stopped).Seal(7);
        Assert.NotNull(fence.RefuseEnsure("a", 7));
        Assert.NotNull(fence.RefusePower("a", 7, PowerState.Started));
        Assert.Null(fence.RefuseDelete("a", 7));
        Assert.NotNull(fence.RefuseDelete("a", 6));
        Assert.Null(fence.RefuseEnsure("a", 8));
        Assert.Equal(0, fence.PowerNumber);
    }

    [Fact]
    public void A_number_asks_for_one_power_state_only()
    {
        var fence = new Fence().Saw(5);
        Assert.Null(fence.RefusePower("a", 5, PowerState.Stopped));
        fence = fence.Powered(5, PowerState.Stopped);
        Assert.Null(fence.RefusePower("a", 5, PowerState.Stopped));
        Assert.NotNull(fence.RefusePower("a", 5, PowerState.Started));
    }

    [Fact]
    public void Specs_differ_by_the_field_that_is_named()
    {
        var spec = new ComputeSpec { Name = "a", Images = [], Resources = default, Labels = new("t", "a"), Environment = new Dictionary<string, string> { ["A"] = "1" } };
        Assert.Null(spec.DifferenceFrom(spec with { Environment = new Dictionary<string, string> { ["A"] = "1" }, Ports = [] }));
        Assert.Equal("Environment", spec.DifferenceFrom(spec with { Environment = new Dictionary<string, string> { ["A"] = "2" } }));
        Assert.Equal("Address", spec.DifferenceFrom(spec with { Address = "127.0.0.9" }));
    }
}
