using System.Collections.Concurrent;
using Connect.Grains.Messaging;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>A gateway that notes what it was given, before anything else happens.</summary>
public sealed class TestGateway : ISmsGateway
{
    private readonly ConcurrentQueue<Attempt> _attempts = new();

    /// <summary>What becomes of a message; accepted at once unless set.</summary>
    public Func<SmsMessage, Task<HandOver>> Answer { get; set; } = _ => HandOver.Accepted;

    /// <summary>All that was handed over, refused ones too; not what was sent away because the gateway was unavailable.</summary>
    public IEnumerable<SmsMessage> Messages => _attempts.Where(attempt => !attempt.SentAway).Select(attempt => attempt.Message);

    /// <summary>How often a message of an account was sent away because the gateway was unavailable.</summary>
    public int SentAway(string account) => _attempts.Count(attempt => attempt.SentAway && attempt.Message.AccountId == account);

    /// <summary>How many messages may go; as many as wanted unless set.</summary>
    public Func<int, CancellationToken, ValueTask<int>>? Reserving { get; set; }

    public ValueTask<int> Reserve(int wanted, CancellationToken cancellationToken) => Reserving?.Invoke(wanted, cancellationToken) ?? new(wanted);

    public Task<HandOver> Send(SmsMessage message)
    {
        var attempt = new Attempt(message);
        _attempts.Enqueue(attempt);
        var answer = Answer(message);
        return answer.IsCompletedSuccessfully ? attempt.Note(answer.Result) : NoteLater(attempt, answer);
    }

    private static async Task<HandOver> NoteLater(Attempt attempt, Task<HandOver> answer) => await attempt.Note(await answer);

    private sealed class Attempt(SmsMessage message)
    {
        public SmsMessage Message { get; } = message;

        public bool SentAway { get; private set; }

        public Task<HandOver> Note(HandOver answer)
        {
            SentAway = answer.Outcome == HandOverOutcome.Unavailable;
            return Task.FromResult(answer);
        }
    }
}
