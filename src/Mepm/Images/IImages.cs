using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;

namespace Mano.Mepm.Images;

/// <summary>Puts images into VIMs.</summary>
internal interface IImages
{
    /// <summary>Sees to it that the host's VIM has the image; fetches it from the MEO where it must. Throws <c>FailureException</c>.</summary>
    Task Ensure(MecHost host, RequiredImage image, CancellationToken cancel);

    /// <summary>The VIM said that it does not have it after all.</summary>
    void Forget(MecHost host, RequiredImage image);
}
