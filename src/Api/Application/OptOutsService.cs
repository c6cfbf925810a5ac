using System.Collections.Immutable;
using System.Globalization;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Messaging;

namespace Connect.Api.Application;

/// <summary>Numbers that want no messages: of an account, and for operators those that want none of anybody.</summary>
public sealed class OptOutsService(GrainCalls calls)
{
    /// <summary>Most numbers that are added at once.</summary>
    public const int MaxAdded = 10_000;

    /// <summary>Largest page of the list.</summary>
    public const int MaxPage = 1_000;

    private const int MaxNumberLength = 64;
    private const string NoMobile = "This is not a mobile number.";

    /// <summary>The account's list by number, or what is known of one number, in any usual form.</summary>
    public async Task<Answer<OptOutsBody>> List(Caller? caller, string accountId, string? number, long after, int limit)
    {
        if (Access.Refusal(caller, accountId, Need.ReadMessaging) is { } refusal)
            return refusal;
        return string.IsNullOrWhiteSpace(number)
            ? await Page(accountId, after, limit)
            : await (await Read(accountId, number)).ThenAsync(known => Find([accountId, IOptOutsGrain.Everybody], known));
    }

    /// <summary>The list of everybody by number, or what it says of one number; for operators.</summary>
    public async Task<Answer<OptOutsBody>> ListEverybody(Caller? caller, string? number, long after, int limit)
    {
        if (Access.Refusal(caller, caller?.AccountId ?? "", Need.Operate) is { } refusal)
            return refusal;
        return string.IsNullOrWhiteSpace(number)
            ? await Page(IOptOutsGrain.Everybody, after, limit)
            : await (await Read(caller!.AccountId, number)).ThenAsync(known => Find([IOptOutsGrain.Everybody], known));
    }

    /// <summary>Opts numbers out of the account's messages, each in any usual form; those that are no mobile numbers are named, and the others are added all the same. Repeating is harmless.</summary>
    public async Task<Answer<OptOutsAdded>> Add(Caller? caller, string accountId, IReadOnlyList<string?> numbers)
    {
        if (Access.Refusal(caller, accountId, Need.ManageMessaging) is { } refusal)
            return refusal;
        if (numbers.Count is 0 or > MaxAdded)
            return Refuse.Validation("numbers", $"Give 1 to {MaxAdded} numbers.");
        var refused = ImmutableArray.CreateBuilder<RefusedNumber>();
        var known = new HashSet<ulong>();
        var country = await Country(accountId);
        for (var row = 0; row < numbers.Count; row += IOptOutsGrain.MaxNumbers)
        {
            var (first, given) = (row, numbers.Skip(row).Take(IOptOutsGrain.MaxNumbers).Select(number => number is { Length: <= MaxNumberLength } ? number : "").ToImmutableArray());
            var read = await GrainCalls.Repeat(() => Numbers.Read(country, given));
            refused.AddRange(Enumerable.Range(0, read.Length).Where(at => read[at] == 0).Select(at => new RefusedNumber(first + at, Shortened(numbers[first + at]), NoMobile)));
            ImmutableArray<ulong> good = [.. read.Where(number => number != 0)];
            await GrainCalls.Repeat(() => Done(List(accountId).Add(good, OptOutSource.Person, caller!.UserId)));
            known.UnionWith(good);
        }

        return new OptOutsAdded(known.Count, refused.ToImmutable());
    }

    /// <summary>Lets a number have the account's messages again. Repeating is harmless; what a person asked of everybody stands.</summary>
    public async Task<Answer<bool>> Remove(Caller? caller, string accountId, string number)
    {
        if (Access.Refusal(caller, accountId, Need.ManageMessaging) is { } refusal)
            return refusal;
        return await (await Read(accountId, number)).ThenAsync<bool>(async known =>
        {
            if (await GrainCalls.Repeat(() => List(accountId).Find(known)) is null && await GrainCalls.Repeat(() => List(IOptOutsGrain.Everybody).Find(known)) is not null)
                return Refuse.Conflict("opted-out-of-everybody", "This person asked for no messages from anybody, by a reply to a shared number. Only a reply of START takes that back.");
            await GrainCalls.Repeat(() => Done(List(accountId).Remove([known], caller!.UserId)));
            return true;
        });
    }

    /// <summary>Takes a number off the list of everybody; for operators.</summary>
    public async Task<Answer<bool>> RemoveEverybody(Caller? caller, string number)
    {
        if (Access.Refusal(caller, caller?.AccountId ?? "", Need.Operate) is { } refusal)
            return refusal;
        return await (await Read(caller!.AccountId, number)).ThenAsync<bool>(async known =>
        {
            await GrainCalls.Repeat(() => Done(List(IOptOutsGrain.Everybody).Remove([known], caller!.UserId)));
            return true;
        });
    }

    private INumbersGrain Numbers => calls.Grains.GetGrain<INumbersGrain>(0);

    private IOptOutsGrain List(string key) => calls.Grains.GetGrain<IOptOutsGrain>(key);

    private async Task<string> Country(string accountId) => (await GrainCalls.Repeat(calls.Grains.GetGrain<IMessagingSettingsGrain>(accountId).Get)).Country;

    private async Task<Answer<ulong>> Read(string accountId, string number)
    {
        var country = await Country(accountId);
        var read = number.Length <= MaxNumberLength ? (await GrainCalls.Repeat(() => Numbers.Read(country, [number])))[0] : 0;
        return read == 0 ? Refuse.Validation("number", NoMobile) : read;
    }

    private async Task<Answer<OptOutsBody>> Page(string key, long after, int limit)
    {
        if (after < 0)
            return Refuse.Validation("after", "'after' is the nextCursor of the page before; it is never negative.");
        if (limit is < 1 or > MaxPage)
            return Refuse.Validation("limit", $"'limit' is 1 to {MaxPage}.");
        var page = await GrainCalls.Repeat(() => List(key).List((ulong)after, limit));
        var count = await GrainCalls.Repeat(List(key).Count);
        return new OptOutsBody([.. page.OptOuts.Select(found => Body(found, key))], count, (long?)page.NextCursor);
    }

    private async Task<Answer<OptOutsBody>> Find(ImmutableArray<string> keys, ulong number)
    {
        var found = ImmutableArray.CreateBuilder<OptOutBody>();
        foreach (var key in keys)
        {
            if (await GrainCalls.Repeat(() => List(key).Find(number)) is { } one)
                found.Add(Body(one, key));
        }

        return new OptOutsBody(found.ToImmutable(), found.Count, null);
    }

    private static OptOutBody Body(OptOutView found, string key) =>
        new(string.Create(CultureInfo.InvariantCulture, $"+{found.Number}"), found.At, found.Source, found.Actor, key == IOptOutsGrain.Everybody);

    private static string Shortened(string? number) => number is { Length: > MaxNumberLength } ? number[..MaxNumberLength] : number ?? "";

    private static async Task<bool> Done(Task call)
    {
        await call;
        return true;
    }
}

/// <summary>Numbers that want no messages, in order.</summary>
/// <param name="OptOuts">The numbers.</param>
/// <param name="Total">How many there are in all.</param>
/// <param name="NextCursor">Pass as <c>after</c> to go on; null at the end.</param>
public sealed record OptOutsBody(ImmutableArray<OptOutBody> OptOuts, long Total, long? NextCursor);

/// <summary>A number that wants no messages.</summary>
/// <param name="Number">E.164.</param>
/// <param name="At">Since when, UTC.</param>
/// <param name="Source">Whether the person replied, or somebody on the account entered it.</param>
/// <param name="By">Who entered it, or the keyword of the reply.</param>
/// <param name="Everybody">Whether it holds for all accounts: the person replied to a shared number.</param>
public sealed record OptOutBody(string Number, DateTimeOffset At, OptOutSource Source, string By, bool Everybody);

/// <summary>What came of adding numbers.</summary>
/// <param name="OptedOut">Different numbers that are on the list now, whether or not they were before.</param>
/// <param name="Refused">Those that could not be read.</param>
public sealed record OptOutsAdded(int OptedOut, ImmutableArray<RefusedNumber> Refused);

/// <summary>A number that could not be read.</summary>
/// <param name="Row">Its place in the request, from 0.</param>
/// <param name="Number">As it was given, at most 64 characters.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RefusedNumber(int Row, string Number, string Reason);
