using System.Collections.Immutable;
using Connect.Grains.Storage;

namespace Connect.Grains.Messaging;

/// <summary>What the messaging settings of an account store.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.settings-state")]
public sealed record MessagingSettingsState : SavedRecord
{
    /// <summary>The country that was chosen; null for the default.</summary>
    [Id(0)] public string? Country { get; init; }

    /// <summary>The sender number.</summary>
    [Id(1)] public string? Sender { get; init; }

    /// <summary>Numbers that may still be held for the account though it does not send from them: saved before one is claimed and before one is let go.</summary>
    [Id(2)] public ImmutableArray<string> Unsettled { get; init; } = [];
}
