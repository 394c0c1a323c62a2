namespace Mano.VimAdapters.Contract;

/// <summary>
/// What a MEPM asks of a virtualised infrastructure manager (Mm6). The same contract as
/// <c>protos/mano/vim/v1/vim.proto</c>, call by call; the rules for every call and the table of errors of each
/// are written there and hold here. In short:
/// <list type="bullet">
/// <item>The caller chooses <c>computeId</c>: 1 to 128 characters of <c>[A-Za-z0-9._-]</c>, the first a letter or digit.</item>
/// <item><c>operationNumber</c> is 1 or more and grows with every new intent for that key; a lower one is refused as
/// aborted, the same one is a repetition, and a delete seals its own.</item>
/// <item>Same key and same spec give the same compute; another spec is refused; deleting nothing is fine.</item>
/// <item><c>networkId</c> is a key of the same kind, in a space of its own, with numbers of the same kind.</item>
/// <item>A cancelled call may have had its effect.</item>
/// <item>What is optional is told by <see cref="GetCapabilitiesAsync"/>; asking for what is not there is a failure
/// of kind Unimplemented.</item>
/// </list>
/// Failures are <c>FailureException</c>s (Mesh/Failures); anything else that
/// escapes is a bug of the adapter. Every member may be called concurrently.
/// </summary>
public interface IVimAdapter
{
    /// <summary>Says what this VIM can do.</summary>
    Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Looks at what the VIM needs to be of use, in the order in which one thing builds on the other. A VIM that is broken or
    /// away is an answer that says what is missing, not a failure. Changes nothing; no secret is in the answer.
    /// </summary>
    Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken);

    /// <summary>Says how much there is in all and how much is taken now.</summary>
    Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken);

    /// <summary>Puts an image into the VIM by digest. A known digest is answered without opening the content.</summary>
    Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken);

    /// <summary>Lists the images we put there, by digest.</summary>
    Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>Removes an image if it is there; refused while a compute uses it.</summary>
    Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken);

    /// <summary>
    /// Sees to it that the compute exists, and starts it when it makes it. Returns as soon as the VIM has accepted
    /// it; leaves the power state of an existing compute alone.
    /// </summary>
    Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken);

    /// <summary>Reads one compute; null where there is none (NOT_FOUND on the wire).</summary>
    Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken);

    /// <summary>Lists every compute made through this adapter, and no other, by id.</summary>
    Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken);

    /// <summary>Starts or stops a compute. Returns when the VIM has accepted it; the state follows.</summary>
    Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken);

    /// <summary>Deletes a compute if it is there. When it returns, the compute is really gone.</summary>
    Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken);

    /// <summary>
    /// Streams what happens to our computes: all of them as Listed, one Synced, then Changed and Deleted, until
    /// cancelled. Events of one compute may be merged; the newest state always arrives.
    /// </summary>
    IAsyncEnumerable<ComputeEvent> WatchComputesAsync(CancellationToken cancellationToken);

    /// <summary>Reads the end of what the compute wrote.</summary>
    /// <param name="computeId">The key.</param>
    /// <param name="tailBytes">1 to 1048576; 0 means 65536.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken);

    /// <summary>Reads what a compute has used since it was last started.</summary>
    Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken);

    /// <summary>Lists what the VIM says happened to a compute: the newest first, at most <see cref="VimEvent.MaxListed"/>.</summary>
    Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken);

    /// <summary>Sees to it that the network exists. When it returns, computes can be made on it.</summary>
    Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken);

    /// <summary>Lists every network made through this adapter, and no other, by id.</summary>
    Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a network if it is there. When it returns, the network is really gone. Refused while a compute is on it, and then
    /// the number is not sealed.
    /// </summary>
    Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken);
}
