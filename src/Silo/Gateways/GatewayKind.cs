namespace Connect.Silo.Gateways;

/// <summary>What messages are handed to: setting <c>Messaging:Gateway</c>.</summary>
internal enum GatewayKind
{
    /// <summary>Nothing: messages wait until there is a gateway.</summary>
    None,

    /// <summary>The SMS sandbox, which delivers to nobody. Only where the rest of the outside world is pretended as well.</summary>
    Sandbox,

    /// <summary>Kannel.</summary>
    Kannel,
}
