using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;

namespace Mano.Mepm.Images;

/// <summary>Puts images into VIMs.</summary>
internal interface IImages
{
    /// <summary>
    /// Sees to it that the host's VIM has the image. False: it is being fetched, which may take long, and the instance is
    /// signalled when that has ended, well or badly. Throws <c>FailureException</c>.
    /// </summary>
    Task<bool> Ensure(MecHost host, RequiredImage image, string forInstance, CancellationToken cancel);

    /// <summary>The VIM said that it does not have it after all.</summary>
    void Forget(MecHost host, RequiredImage image);
}
