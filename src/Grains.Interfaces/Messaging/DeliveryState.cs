namespace Connect.Messaging;

/// <summary>How far a message came behind the gateway. Stored: do not renumber; a higher number stands against a lower one.</summary>
public enum DeliveryState
{
    /// <summary>Nothing is known.</summary>
    None = 0,

    /// <summary>The carrier has it.</summary>
    Passed = 1,

    /// <summary>The carrier gave it up.</summary>
    Undelivered = 2,

    /// <summary>The phone has it.</summary>
    Delivered = 3,
}
