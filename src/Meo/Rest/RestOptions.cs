using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Rest;

/// <summary>The ETSI MEC 010-2 REST northbound.</summary>
public sealed record RestOptions
{
    /// <summary>How many entries a list has before it says where it goes on.</summary>
    /// <value>The default is 100, as over gRPC: some tens of kilobytes.</value>
    [Range(1, 1000)]
    public int PageSize { get; init; } = 100;
}
