namespace Mano.Mesh.Ids;

/// <summary>
/// Where new ids come from. Only what *accepts* a request may ask; everything after it takes the id from the
/// request, because a retry must reuse it.
/// </summary>
public interface IIdSource
{
    /// <summary>A new GUID, version 7 (grows with time), lower case with hyphens.</summary>
    string NewId();
}
