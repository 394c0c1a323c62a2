namespace Mano.Mesh.Hosting;

/// <summary>What a part of a process adds to <c>/health</c>: names and short texts for people and scripts. Quick, and never throws.</summary>
public interface IHealthFacts
{
    IEnumerable<(string Name, string Value)> Facts { get; }
}
