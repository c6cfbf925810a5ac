using Connect.Grains.Storage;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>What the delivery figures of a campaign are stored as: 6 bytes and a bit for each page.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.delivery-state")]
public sealed record CampaignDeliveryState : SavedRecord
{
    /// <summary>Delivered, decided and resolved of each page, two bytes each, low byte first.</summary>
    [Id(0)] public byte[] Pages { get; init; } = [];

    /// <summary>A bit for each page, low bit first: it may be ahead of what is stored here.</summary>
    [Id(1)] public byte[] Open { get; init; } = [];
}
