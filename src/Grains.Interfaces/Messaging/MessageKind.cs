namespace Connect.Messaging;

/// <summary>What a message is part of.</summary>
public enum MessageKind
{
    /// <summary>A campaign; the message's id is <c>{campaign}:{row}</c>.</summary>
    Campaign = 0,

    /// <summary>An automation; the message's id is <c>{flow}:{operation}</c>.</summary>
    Automation = 1,
}
