using System.Collections.Concurrent;
using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>A gateway that notes what it was given, before anything else happens.</summary>
public sealed class TestGateway : ISmsGateway
{
    private readonly ConcurrentQueue<SmsMessage> _messages = new();

    /// <summary>What becomes of a message; accepted at once unless set.</summary>
    public Func<SmsMessage, Task<HandOver>> Answer { get; set; } = _ => HandOver.Accepted;

    /// <summary>All that was handed over, refused ones too.</summary>
    public IReadOnlyCollection<SmsMessage> Messages => _messages;

    public Task<HandOver> Send(SmsMessage message)
    {
        _messages.Enqueue(message);
        return Answer(message);
    }
}
