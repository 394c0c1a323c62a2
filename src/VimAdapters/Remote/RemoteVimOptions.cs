using System.ComponentModel.DataAnnotations;

namespace Mano.VimAdapters.Remote;

/// <summary>Where an adapter in a process of its own is reached.</summary>
public sealed record RemoteVimOptions
{
    /// <summary>Its address, as <c>http://127.0.0.1:7431</c>. Required.</summary>
    [Required]
    public string Address { get; init; } = "";

    /// <summary>How long a call may take.</summary>
    /// <value>The default is 2 minutes: a delete may wait for a guest's grace and for the VIM to have it really gone.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the upload of an image may take.</summary>
    /// <value>The default is 30 minutes: 4 GiB over a line of 20 Mbit/s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether the adapter sees our files under the same paths, so that an image need not be sent.</summary>
    public bool SharesFiles { get; init; }
}
