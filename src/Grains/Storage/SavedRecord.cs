namespace Connect.Grains.Storage;

/// <summary>A grain's state that can tell whose write is stored. Immutable: every save assigns a new one, so nothing changes under the serializer.</summary>
[GenerateSerializer, Alias("connect.storage.saved-record")]
public abstract record SavedRecord
{
    /// <summary>Counts the saves, from 1; 0 when never saved.</summary>
    [Id(0)] public long Revision { get; init; }

    /// <summary>The activation that saved it.</summary>
    [Id(1)] public string Writer { get; init; } = "";
}
