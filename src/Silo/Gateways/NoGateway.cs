using Connect.Grains.Messaging;

namespace Connect.Silo.Gateways;

/// <summary>Takes no message, so everything that is to be sent waits: for hosts that are set up before their gateway is.</summary>
internal sealed class NoGateway : ISmsGateway
{
    private static readonly Task<HandOver> Answer = Task.FromResult(new HandOver(HandOverOutcome.Unavailable, "Messaging:Gateway is None"));

    /// <inheritdoc/>
    public Task<HandOver> Send(SmsMessage message) => Answer;
}
