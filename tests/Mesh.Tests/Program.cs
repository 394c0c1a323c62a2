using Mano.Mesh.State.Embedded;
using Mano.Mesh.Tests.State;

// Tests that need a real process to kill start this assembly again, with the part to play as its first argument.
return args switch
{
    ["commit-for-ever", var path, var durability, var round] => await StoreKilledTests.CommitForEver(path, Enum.Parse<Durability>(durability), round),
    _ => 0,
};
