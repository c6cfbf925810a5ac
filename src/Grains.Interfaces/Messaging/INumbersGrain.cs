using System.Collections.Immutable;

namespace Connect.Messaging;

/// <summary>Reads phone numbers as an import would. Keeps nothing. Key: 0.</summary>
[Alias("connect.messaging.INumbersGrain")]
public interface INumbersGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The numbers as E.164 integers, in the order given; 0 for one that is no mobile number. A number without a country code is read as one of the country (ISO 3166, two letters).
    /// </summary>
    [Alias("read")] Task<ImmutableArray<ulong>> Read(string country, ImmutableArray<string> given);
}
