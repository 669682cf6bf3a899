namespace TelemetryKit.Core.Counters;

/// <summary>
/// Serialises HyperLogLog registers. If most are 0, as a list of the others. Otherwise as four bits each, relative to the smallest
/// register, with a list of the few that need more, as in Apache DataSketches' HLL_4.
/// </summary>
internal static class RegisterFormat
{
    private const int Exception = 15;

    public static void Write(ByteWriter to, ReadOnlySpan<byte> registers)
    {
        var used = 0;
        var smallest = byte.MaxValue;
        foreach (var register in registers)
        {
            used += register == 0 ? 0 : 1;
            smallest = Math.Min(smallest, register);
        }

        // The first byte selects the encoding: 0 is the list, any other value is the smallest register + 1.
        if (used <= registers.Length / 4)
        {
            to.Byte(0);
            WriteList(to, registers, above: 0);
            return;
        }

        to.Byte((byte)(smallest + 1));
        var packed = to.Append(registers.Length / 2);
        for (var i = 0; i < registers.Length; i++)
            packed[i / 2] |= (byte)(Math.Min(registers[i] - smallest, Exception) << (4 * (i % 2)));
        WriteList(to, registers, smallest + Exception - 1);
    }

    public static byte[] Read(ref ByteReader from, int precision)
    {
        var registers = new byte[1 << precision];
        var highest = 64 - precision + 1;
        var form = from.Byte();
        if (form == 0)
        {
            ReadList(ref from, registers, highest);
            return registers;
        }

        var packed = from.Take(registers.Length / 2);
        for (var i = 0; i < registers.Length; i++)
            registers[i] = Checked(form - 1 + ((packed[i / 2] >> (4 * (i % 2))) & 15), highest + Exception);
        ReadList(ref from, registers, highest);
        foreach (var register in registers)
            Checked(register, highest);
        return registers;
    }

    private static void WriteList(ByteWriter to, ReadOnlySpan<byte> registers, int above)
    {
        var n = 0;
        foreach (var register in registers)
            n += register > above ? 1 : 0;
        to.Varint(n);
        var previous = -1;
        for (var i = 0; i < registers.Length; i++)
        {
            if (registers[i] <= above)
                continue;
            to.Varint(i - previous - 1);
            to.Byte(registers[i]);
            previous = i;
        }
    }

    private static void ReadList(ref ByteReader from, byte[] registers, int highest)
    {
        var at = -1;
        for (var n = from.Length(2); n > 0; n--)
        {
            at += (int)from.Varint(registers.Length) + 1;
            if (at >= registers.Length)
                throw new RollupFormatException("A register has an index out of range.");
            registers[at] = Checked(from.Byte(), highest);
        }
    }

    private static byte Checked(int register, int highest) =>
        register <= highest ? (byte)register : throw new RollupFormatException("A register is out of range.");
}
